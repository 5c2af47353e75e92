-- Rows of a run that were rejected or failed, and fit the selection. Rows of files that normalize has not
-- finished belong to their own run. `only` names rows instead: [{"file", "record", "edits"}].
insert into pointferry.rerun_row (run, file, record, edits)
select :rerun, f.file, f.record, p.edits
from pointferry.row_fault f
join pointferry.file x on x.id = f.file
join pointferry.row r on r.file = f.file and r.record = f.record
left join pointferry.operation o on o.id = f.operation
left join json_to_recordset(:only::json) as p (file bigint, record bigint, edits jsonb) on p.file = f.file and p.record = f.record
where f.run = :run and f.bucket in ('rejected', 'failed') and x.normalized_at is not null
  and (:code::text is null or f.code = :code
       or exists (select from pointferry.row_error e where r.role = 'rejected' and e.file = f.file and e.record = f.record and e.code = :code))
  and (:group::integer is null or (f.code, f.field, f.platform_code) in (
       select g.code, g.field, g.platform_code from pointferry.error_group g where g.run = :run and g.number = :group))
  and (:stage::text is null or f.stage = :stage)
  and (:since::timestamptz is null or coalesce(o.settled_at, r.changed_at) >= :since)
  and (:only::json is null or p.file is not null)
returning record
