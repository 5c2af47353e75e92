-- Faults of rows that this chunk decided again. Rows that are no longer rejected keep none; the others get
-- new ones.
delete from pointferry.row_error e
using (
  select r.file, r.record from run_operations o join run_rows r on row_of_operation
  where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  union all
  select r.file, r.record from run_rows r
  where r.file = :file and r.record > :after and (:until::bigint is null or r.record <= :until) and r.filtered
) n
where e.file = n.file and e.record = n.record
