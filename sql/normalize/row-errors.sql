-- All faults of a row: its own, those of its operation, and what it met. A row without a fault of its own is
-- in a group with a row that has one. A cell that is wrong in the same way for two fields is one fault.
insert into pointferry.row_error (file, record, n, stage, code, field, value, reason, run)
select d.file, d.record, row_number() over (partition by d.file, d.record order by d.n), 'normalize',
       d.fault->>'code', d.fault->>'columns', d.fault->>'value', d.fault->>'reason', :run
from (
select distinct on (r.file, r.record, f.fault->>'code', f.fault->>'columns') r.file, r.record, f.n, f.fault
from run_operations o
join run_rows r on row_of_operation and not r.filtered
cross join lateral unnest(pointferry.faults_of_row(r.faults, o.faults, o.bad_line, o.decision, :columns, o.identity, o.value, o.met_value))
  with ordinality f(fault, n)
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  and (o.status = 'rejected' or o.decision in ('changed', 'conflict'))
  and (select w.role from pointferry.row w where w.file = r.file and w.record = r.record) = 'rejected'
order by r.file, r.record, f.fault->>'code', f.fault->>'columns', f.n
) d
