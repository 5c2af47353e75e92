-- The rows of the chunk follow their operations. A row whose operation failed and cannot be built again stays
-- as it is. The amount as first read stays; the amount from an edit is kept beside it.
update pointferry.row w
set role = n.role, replaced = false, operation = n.operation, group_key = n.gkey, changed_at = clock_timestamp(),
    corrected = case when n.unreadable or n.amount is not distinct from w.amount then w.corrected else n.amount end
from (
  select r.file, r.record, r.gkey, r.amount, r.unreadable,
    case when o.status = 'filtered' then 'filtered'
         when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
         when o.decision in ('joins', 'revives') then case when b.operation = o.met then b.role else 'joins' end
         else 'carries' end as role,
    case when o.status = 'ok' and coalesce(o.decision, '') not in ('changed', 'conflict') then coalesce(o.met, o.id) end as operation
  from run_operations o
  join run_rows r on row_of_operation and not r.filtered
  join pointferry.row b on b.file = r.file and b.record = r.record
  where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  union all
  select r.file, r.record, r.gkey, r.amount, r.unreadable, 'filtered', null
  from run_rows r
  where r.file = :file and r.record > :after and (:until::bigint is null or r.record <= :until) and r.filtered
) n
where w.file = n.file and w.record = n.record and (n.role <> 'rejected' or w.operation is null)
