-- A person says what became of operations whose outcome is unknown. Nobody holds their lanes: unknown is final, and this
-- transaction has locked them.
--   delivered  accepted, with the values of a state, as by an answer
--   failed     certainly not applied: what was accepted before stands again
--   retry      sent again under the same key; an event in its stored bytes, a state without the fields that something newer
--              overtook meanwhile. What an earlier request of it may have changed stays forgotten: 0 is nobody's send,
--              so that only an accepted value ends it
with said as (
  select * from json_to_recordset(:decided::json) as d (operation bigint, accepts json)
), moved as (
  update pointferry.operation o
  set state = case :as when 'retry' then 'ready' else :as end,
      settled_at = case when :as <> 'retry' then clock_timestamp() end,
      settled_by = case when :as <> 'retry' then :by::text end,
      code = case when :as = 'failed' then o.code end,
      reason = case when :as <> 'retry' then :as || ', as ' || :by::text || ' says' end,
      retry_by = case when :as = 'retry' then :by::text end,
      attempts = 0, resends = 0, doubt_since = null, next_at = '-infinity'
  from said s
  where o.id = s.operation and o.state = 'unknown'
  returning o.id, o.lane, o.kind, o.version_at, o.run_seq, o.file_place, o.record, s.accepts
), recalled as (
  update pointferry.accepted a
  set forgotten_by = case when :as = 'retry' then 0 end
  from moved m where :as <> 'delivered' and a.lane = m.lane and a.kind = m.kind and a.forgotten_by = m.id
), accepted as (
  insert into pointferry.accepted as a (lane, kind, field, value_hash, version_at, run_seq, file_place, record)
  select m.lane, m.kind, u.name, u.hash, m.version_at, m.run_seq, m.file_place, m.record
  from moved m cross join json_to_recordset(m.accepts) as u (name text, hash text)
  on conflict (lane, kind, field) do update
  set value_hash = excluded.value_hash, version_at = excluded.version_at, run_seq = excluded.run_seq,
      file_place = excluded.file_place, record = excluded.record, forgotten_by = null
  where (a.version_at, a.run_seq, a.file_place, a.record)
     <= (excluded.version_at, excluded.run_seq, excluded.file_place, excluded.record)
)
select id from moved
