-- Settles a batch, each row its own outcome. A row whose lane is no longer ours by token is fenced: it is
-- missing from the result, changes nothing here, and its answer goes to late_answer. So is one whose
-- operation has another key: a ledger that went back gave its number again. An attempt that such a ledger has
-- lost is closed nowhere; its answer counts all the same.
with answered as (
  select * from json_to_recordset(:settlements::json) as answer (
    operation bigint, key text, attempt bigint, outcome text, http_status integer, platform_code text,
    reason text, answer text, request_id text, ms float8, state text, code text, field text,
    platform_id text, next_in_ms float8,
    attempts integer, resends integer, recall boolean, accepts json, by text)
), held as (
  select answered.*, lane.id as lane, op.kind
  from answered
  join pointferry.operation op on op.id = answered.operation and op.key = answered.key
  join pointferry.lane on lane.id = op.lane and lane.in_flight = answered.operation and lane.token = :token
  order by lane.id
  for update of lane
), closed as (
  update pointferry.attempt
  set ended_at = clock_timestamp(), outcome = held.outcome, http_status = held.http_status,
      platform_code = held.platform_code, reason = held.reason, answer = held.answer,
      request_id = held.request_id, ms = held.ms
  from held
  where attempt.id = held.attempt and attempt.operation = held.operation
    and attempt.token = :token and attempt.outcome is null
), moved as (
  update pointferry.operation op
  set state = held.state,
      attempts = op.attempts + held.attempts,
      resends = op.resends + held.resends,
      doubt_since = case when held.state = 'in_doubt' then coalesce(op.doubt_since, clock_timestamp()) end,
      next_at = case when held.next_in_ms is null then '-infinity'
                     else clock_timestamp() + make_interval(secs => held.next_in_ms / 1000) end,
      settled_at = case when held.state in ('ready', 'in_doubt') then null else clock_timestamp() end,
      settled_by = case when held.state in ('ready', 'in_doubt') then null else held.by end,
      code = held.code, field = held.field, reason = held.reason,
      http_status = coalesce(held.http_status, op.http_status), platform_code = held.platform_code,
      retry_by = case when held.outcome in ('not_sent', 'throttled', 'stopped') then op.retry_by end,
      platform_id = held.platform_id, request_id = coalesce(held.request_id, op.request_id)
  from held where op.id = held.operation
), freed as (
  update pointferry.lane set in_flight = null, token = null
  from held where lane.id = held.lane and held.state <> 'in_doubt'
), recalled as (
  -- certainly not applied: what was accepted before still stands
  update pointferry.accepted known set forgotten_by = null
  from held
  where held.recall and known.lane = held.lane and known.kind = held.kind
    and known.forgotten_by = held.operation
), accepted as (
  insert into pointferry.accepted as known (
    lane, kind, field, value_hash, version_at, run_seq, file_place, record)
  select held.lane, held.kind, unit.name, unit.hash, op.version_at, op.run_seq, op.file_place, op.record
  from held
  join pointferry.operation op on op.id = held.operation
  cross join json_to_recordset(held.accepts) as unit (name text, hash text)
  on conflict (lane, kind, field) do update
  set value_hash = excluded.value_hash, version_at = excluded.version_at, run_seq = excluded.run_seq,
      file_place = excluded.file_place, record = excluded.record, forgotten_by = null
  where (known.version_at, known.run_seq, known.file_place, known.record)
     <= (excluded.version_at, excluded.run_seq, excluded.file_place, excluded.record)
)
select operation from held
