-- States that need no request: a newer version was accepted, or the same. Their lanes are locked by this
-- transaction. `unchanged` raises the accepted version, as a delivery does.
with settled as (
  update pointferry.operation op
  set state = given.state, code = given.code, settled_at = clock_timestamp(), settled_by = given.by
  from json_to_recordset(:settled::json) as given (
    operation bigint, state text, code text, by text, units json)
  where op.id = given.operation and op.state = 'ready'
  returning op.id, op.lane, op.kind, op.version_at, op.run_seq, op.file_place, op.record, given.units
), raised as (
  update pointferry.accepted known
  set version_at = settled.version_at, run_seq = settled.run_seq,
      file_place = settled.file_place, record = settled.record
  from settled, json_array_elements_text(settled.units) as unit (name)
  where known.lane = settled.lane and known.kind = settled.kind and known.field = unit.name
    and (known.version_at, known.run_seq, known.file_place, known.record)
      < (settled.version_at, settled.run_seq, settled.file_place, settled.record)
)
select id from settled
