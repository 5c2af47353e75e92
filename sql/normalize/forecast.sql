-- What would become of the rows, beside what the ledger holds: rows and operations by bucket. Rows that the pipeline leaves out
-- are counted from the rows: a group of them alone builds no operation.
-- values of bucket: send, duplicate, filtered, rejected, parked
select bucket, count(operation)::int as operations, coalesce(sum(size), 0)::int as rows, coalesce(sum(value), 0)::text as value
from (
  select o.id as operation, o.size, o.value,
         case when o.status = 'filtered' then 'filtered'
              when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
              when o.decision = 'joins' then 'duplicate'
              when o.subject is null then 'parked'
              else 'send' end as bucket
    from run_operations o
  union all
  select null, count(*), null, 'filtered' from run_rows r where r.filtered
) by_bucket
group by bucket
