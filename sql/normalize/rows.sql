-- Every record of the chunk gets its one row of the books: filtered ones, and those of the chunk's operations.
insert into pointferry.row (file, record, line, role, operation, group_key, amount, currency, unreadable)
select r.file, r.record, r.line, o.role, case when o.role in ('carries', 'joins') then coalesce(o.met, o.id) end,
  r.gkey, case when not r.unreadable then r.amount end, r.currency, r.unreadable
from (
  select o.*, case
      when o.status = 'filtered' then 'filtered'
      when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
      when o.decision = 'joins' then 'joins'
      else 'carries' end as role
  from run_operations o
  where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
) o
join run_rows r on row_of_operation and not r.filtered
union all
select r.file, r.record, r.line, 'filtered', null, r.gkey, case when not r.unreadable then r.amount end, r.currency, r.unreadable
from run_rows r
where r.file = :file and r.record > :after and (:until::bigint is null or r.record <= :until) and r.filtered
