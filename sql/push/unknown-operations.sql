-- Operations whose outcome nobody knows: that of one row, or those of one group of errors of a run, or all
-- given. With the number of rows that share each, and what a state is compared with.
select
  op.id as operation, op.account, op.kind, op.nature, op.run, op.lane, op.payload::text as payload,
  (select count(*) from pointferry.row source_row where source_row.operation = op.id) as rows,
  case when op.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', known.field, 'hash', known.value_hash, 'forgotten', known.forgotten_by is not null,
      'newer', (known.version_at, known.run_seq, known.file_place, known.record)
        > (op.version_at, op.run_seq, op.file_place, op.record)))
    from pointferry.accepted known where known.lane = op.lane and known.kind = op.kind), '[]')
  end as accepted
from pointferry.operation op
where op.state = 'unknown'
  and op.id in (
    select fault.operation from pointferry.row_fault fault
    where fault.run = :run and fault.bucket = 'unknown'
      and (:file::bigint is null or (fault.file = :file and fault.record = :record))
      and (:code::text is null
        or (fault.code = :code and fault.field = :field and fault.platform_code = :platform_code)))
order by op.id
