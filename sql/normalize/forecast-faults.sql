-- Rejected operations by what is wrong, commonest first; one that is wrong in several ways counts under each.
select code, columns as field, sum(size)::int as rows
from (
  select o.size, f->>'code' as code, coalesce(f->>'columns', '') as columns
    from run_operations o cross join lateral unnest(o.faults) as f
   where o.status = 'rejected'
  union all
  select o.size, case o.decision when 'changed' then 'NORMALIZE_CHANGED_AFTER_DELIVERY' else 'NORMALIZE_IDENTITY_CONFLICT' end, ''
    from run_operations o where o.status = 'ok' and o.decision in ('changed', 'conflict')
) faults
group by code, columns
order by rows desc, code collate "C", columns collate "C"
limit 20
