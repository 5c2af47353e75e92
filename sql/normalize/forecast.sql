-- What would become of the operations that were built, beside what the ledger holds: rows and operations by bucket.
select bucket, count(*)::int as operations, coalesce(sum(size), 0)::int as rows, coalesce(sum(value), 0)::text as value
from (
  select o.size, o.value,
         case when o.status = 'filtered' then 'filtered'
              when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
              when o.decision = 'joins' then 'duplicate'
              when o.subject is null then 'parked'
              else 'send' end as bucket
    from run_operations o
) by_bucket
group by bucket
