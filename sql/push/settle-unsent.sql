-- States that need no request: a newer version was accepted, or the same. Their lanes are locked by this transaction.
-- `unchanged` raises the accepted version, as a delivery does.
with settled as (
  update pointferry.operation o
  set state = s.state, code = s.code, settled_at = clock_timestamp(), settled_by = s.by
  from json_to_recordset(:settled::json) as s (operation bigint, state text, code text, by text, units json)
  where o.id = s.operation and o.state = 'ready'
  returning o.id, o.lane, o.kind, o.version_at, o.run_seq, o.file_place, o.record, s.units
), raised as (
  update pointferry.accepted a
  set version_at = s.version_at, run_seq = s.run_seq, file_place = s.file_place, record = s.record
  from settled s, json_array_elements_text(s.units) as u (name)
  where a.lane = s.lane and a.kind = s.kind and a.field = u.name
    and (a.version_at, a.run_seq, a.file_place, a.record) < (s.version_at, s.run_seq, s.file_place, s.record)
)
select id from settled
