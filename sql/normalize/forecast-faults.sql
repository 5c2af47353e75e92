-- Rejected rows by what is wrong, commonest first; a row that is wrong in several ways counts under each. As `row-errors.sql`
-- would store them. Damaged records were rejected while they were staged, and are in none of the tables of the run.
select code, field, count(*)::int as rows
from (
  select distinct r.file, r.record, fault->>'code' as code, coalesce(fault->>'columns', '') as field
    from run_operations o
    join run_rows r on row_of_operation and not r.filtered
   cross join lateral unnest(pointferry.faults_of_row(
           r.faults, o.faults, o.bad_line, o.decision, :columns, o.identity, o.value, o.met_value)) as fault
   where o.record > :after and (:until::bigint is null or o.record <= :until)
     and (o.status = 'rejected' or o.decision in ('changed', 'conflict'))
  union all
  select error.file, error.record, error.code, coalesce(error.field, '')
    from pointferry.file join pointferry.row_error error on error.file = file.id and error.stage = 'stage'
   where file.run = :run
) fault
group by code, field
order by rows desc, code collate "C", field collate "C"
limit 20
