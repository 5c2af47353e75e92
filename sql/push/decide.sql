-- A person says what became of operations whose outcome is unknown. Nobody holds their lanes: unknown is
-- final, and this transaction has locked them.
--   delivered  accepted, with the values of a state, as by an answer
--   failed     certainly not applied: what was accepted before stands again
--   retry      sent again under the same key; an event in its stored bytes, a state without the fields that
--              something newer overtook meanwhile. What an earlier request of it may have changed stays
--              forgotten: 0 is nobody's send, so that only an accepted value ends it
with said as (
  select * from json_to_recordset(:decided::json) as given (operation bigint, accepts json)
), moved as (
  update pointferry.operation op
  set state = case :as when 'retry' then 'ready' else :as end,
      settled_at = case when :as <> 'retry' then clock_timestamp() end,
      settled_by = case when :as <> 'retry' then :by::text end,
      code = case when :as = 'failed' then op.code end,
      reason = case when :as <> 'retry' then :as || ', as ' || :by::text || ' says' end,
      retry_by = case when :as = 'retry' then :by::text end,
      attempts = 0, resends = 0, doubt_since = null, next_at = '-infinity'
  from said
  where op.id = said.operation and op.state = 'unknown'
  returning op.id, op.lane, op.kind, op.version_at, op.run_seq, op.file_place, op.record, said.accepts
), recalled as (
  update pointferry.accepted known
  set forgotten_by = case when :as = 'retry' then 0 end
  from moved
  where :as <> 'delivered' and known.lane = moved.lane and known.kind = moved.kind
    and known.forgotten_by = moved.id
), accepted as (
  insert into pointferry.accepted as known (
    lane, kind, field, value_hash, version_at, run_seq, file_place, record)
  select moved.lane, moved.kind, unit.name, unit.hash, moved.version_at, moved.run_seq,
         moved.file_place, moved.record
  from moved cross join json_to_recordset(moved.accepts) as unit (name text, hash text)
  on conflict (lane, kind, field) do update
  set value_hash = excluded.value_hash, version_at = excluded.version_at, run_seq = excluded.run_seq,
      file_place = excluded.file_place, record = excluded.record, forgotten_by = null
  where (known.version_at, known.run_seq, known.file_place, known.record)
     <= (excluded.version_at, excluded.run_seq, excluded.file_place, excluded.record)
)
select id from moved
