-- Intents: an attempt is written before its request leaves, for operations whose lane is still ours. What is in doubt
-- repeats the URL and the bytes of the request that may have been applied, whatever would be built today; what is built
-- today goes where the ledger has lost them.
-- The accepted values of the fields that are sent are forgotten until a definite answer.
with wanted as (
  select * from json_to_recordset(:intents::json)
    as w (operation bigint, lane bigint, units json, again boolean, method text, url text, headers jsonb, body text, body_hash text)
), held as (
  select w.operation, w.lane, w.units, w.again, o.kind, o.revision, o.state,
         w.method, w.url, w.headers, w.body, w.body_hash
  from wanted w
  join pointferry.lane l on l.id = w.lane and l.in_flight = w.operation and l.token = :token
  join pointferry.operation o on o.id = w.operation and o.state in ('ready', 'in_doubt')
  order by l.id
  for update of l
), moved as (
  update pointferry.operation o
  set state = case o.state when 'ready' then 'sending' else o.state end, sent_at = coalesce(o.sent_at, clock_timestamp())
  from held h where o.id = h.operation
), forgotten as (
  update pointferry.accepted a set forgotten_by = h.operation
  from held h, json_array_elements_text(h.units) as u (name)
  where a.lane = h.lane and a.kind = h.kind and a.field = u.name and a.forgotten_by is null
)
insert into pointferry.attempt (operation, revision, n, run, token, purpose, method, url, headers, body, body_hash, deadline_ms)
select h.operation, h.revision, coalesce(l.n, 0) + 1, :by, :token,
       case when f.method is null then 'send' else 'resend' end,
       coalesce(f.method, h.method), coalesce(f.url, h.url), coalesce(f.headers, h.headers),
       case when f.method is null then h.body else f.body end, coalesce(f.body_hash, h.body_hash), :deadline_ms
from held h
left join lateral (
  select max(a.n) as n from pointferry.attempt a where a.operation = h.operation and a.revision = h.revision
) l on true
left join lateral (
  select a.method, a.url, a.headers, a.body, a.body_hash from pointferry.attempt a
  where a.operation = h.operation and a.revision = h.revision and a.purpose = 'send'
  order by a.n desc limit 1
) f on h.again
returning id as attempt, operation, n, method, url, headers, body
