-- Intents: an attempt is written before its request leaves, for operations whose lane is still ours. What is
-- in doubt repeats the URL and the bytes of the request that may have been applied, whatever would be built
-- today; what is built today goes where the ledger has lost them. The accepted values of the fields that are
-- sent are forgotten until a definite answer.
with wanted as (
  select * from json_to_recordset(:intents::json)
    as intent (
      operation bigint, lane bigint, units json, again boolean,
      method text, url text, headers jsonb, body text, body_hash text)
), held as (
  select wanted.operation, wanted.lane, wanted.units, wanted.again, op.kind, op.revision, op.state,
         wanted.method, wanted.url, wanted.headers, wanted.body, wanted.body_hash
  from wanted
  join pointferry.lane on lane.id = wanted.lane and lane.in_flight = wanted.operation and lane.token = :token
  join pointferry.operation op on op.id = wanted.operation and op.state in ('ready', 'in_doubt')
  order by lane.id
  for update of lane
), moved as (
  update pointferry.operation op
  set state = case op.state when 'ready' then 'sending' else op.state end,
    sent_at = coalesce(op.sent_at, clock_timestamp())
  from held where op.id = held.operation
), forgotten as (
  update pointferry.accepted known set forgotten_by = held.operation
  from held, json_array_elements_text(held.units) as unit (name)
  where known.lane = held.lane and known.kind = held.kind and known.field = unit.name
    and known.forgotten_by is null
)
insert into pointferry.attempt (
  operation, revision, n, run, token, purpose, method, url, headers, body, body_hash, deadline_ms)
select held.operation, held.revision, coalesce(latest.n, 0) + 1, :by, :token,
       case when first_sent.method is null then 'send' else 'resend' end,
       coalesce(first_sent.method, held.method), coalesce(first_sent.url, held.url),
       coalesce(first_sent.headers, held.headers),
       case when first_sent.method is null then held.body else first_sent.body end,
       coalesce(first_sent.body_hash, held.body_hash), :deadline_ms
from held
left join lateral (
  select max(attempt.n) as n
  from pointferry.attempt
  where attempt.operation = held.operation and attempt.revision = held.revision
) latest on true
left join lateral (
  select attempt.method, attempt.url, attempt.headers, attempt.body, attempt.body_hash
  from pointferry.attempt
  where attempt.operation = held.operation and attempt.revision = held.revision and attempt.purpose = 'send'
  order by attempt.n desc limit 1
) first_sent on held.again
returning id as attempt, operation, n, method, url, headers, body
