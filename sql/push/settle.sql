-- Settles a batch, each row its own outcome. A row whose lane is no longer ours by token is fenced: it is missing from
-- the result, changes nothing here, and its answer goes to late_answer. So is one whose operation has another key: a ledger
-- that went back gave its number again. An attempt that such a ledger has lost is closed nowhere; its answer counts all the same.
with answered as (
  select * from json_to_recordset(:settlements::json) as s (
    operation bigint, key text, attempt bigint, outcome text, http_status integer, platform_code text, reason text, answer text,
    request_id text, ms float8, state text, code text, field text, platform_id text, next_in_ms float8,
    attempts integer, resends integer, recall boolean, accepts json, by text)
), held as (
  select s.*, l.id as lane, o.kind
  from answered s
  join pointferry.operation o on o.id = s.operation and o.key = s.key
  join pointferry.lane l on l.id = o.lane and l.in_flight = s.operation and l.token = :token
  order by l.id
  for update of l
), closed as (
  update pointferry.attempt a
  set ended_at = clock_timestamp(), outcome = h.outcome, http_status = h.http_status, platform_code = h.platform_code,
      reason = h.reason, answer = h.answer, request_id = h.request_id, ms = h.ms
  from held h where a.id = h.attempt and a.operation = h.operation and a.token = :token and a.outcome is null
), moved as (
  update pointferry.operation o
  set state = h.state,
      attempts = o.attempts + h.attempts,
      resends = o.resends + h.resends,
      doubt_since = case when h.state = 'in_doubt' then coalesce(o.doubt_since, clock_timestamp()) end,
      next_at = case when h.next_in_ms is null then '-infinity'
                     else clock_timestamp() + make_interval(secs => h.next_in_ms / 1000) end,
      settled_at = case when h.state in ('ready', 'in_doubt') then null else clock_timestamp() end,
      settled_by = case when h.state in ('ready', 'in_doubt') then null else h.by end,
      code = h.code, field = h.field, reason = h.reason,
      http_status = coalesce(h.http_status, o.http_status), platform_code = h.platform_code,
      retry_by = case when h.outcome in ('not_sent', 'throttled', 'stopped') then o.retry_by end,
      platform_id = h.platform_id, request_id = coalesce(h.request_id, o.request_id)
  from held h where o.id = h.operation
), freed as (
  update pointferry.lane l set in_flight = null, token = null
  from held h where l.id = h.lane and h.state <> 'in_doubt'
), recalled as (
  -- certainly not applied: what was accepted before still stands
  update pointferry.accepted a set forgotten_by = null
  from held h where h.recall and a.lane = h.lane and a.kind = h.kind and a.forgotten_by = h.operation
), accepted as (
  insert into pointferry.accepted as a (lane, kind, field, value_hash, version_at, run_seq, file_place, record)
  select h.lane, h.kind, u.name, u.hash, o.version_at, o.run_seq, o.file_place, o.record
  from held h
  join pointferry.operation o on o.id = h.operation
  cross join json_to_recordset(h.accepts) as u (name text, hash text)
  on conflict (lane, kind, field) do update
  set value_hash = excluded.value_hash, version_at = excluded.version_at, run_seq = excluded.run_seq,
      file_place = excluded.file_place, record = excluded.record, forgotten_by = null
  where (a.version_at, a.run_seq, a.file_place, a.record)
     <= (excluded.version_at, excluded.run_seq, excluded.file_place, excluded.record)
)
select operation from held
