-- What would become of the rows of a rerun: operations and rows by bucket, the amount of the rows as first read, and rows whose
-- amount can be read now and could not then. Rows that the pipeline leaves out belong to no operation.
-- values of bucket: send, duplicate, filtered, rejected, parked
select bucket, count(distinct operation)::int as operations, count(*)::int as rows, coalesce(sum(read_then), 0)::text as amount,
       count(*) filter (where read_then is null and read_now is not null)::int as readable,
       coalesce(sum(read_now) filter (where read_then is null), 0)::text as readable_amount
from (
  select case when o.status = 'filtered' then 'filtered'
              when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
              when o.decision = 'joins' then 'duplicate'
              when o.subject is null then 'parked'
              else 'send' end as bucket,
         o.id as operation, w.amount as read_then, r.amount as read_now
    from run_operations o
    join run_rows r on row_of_operation and not r.filtered
    join pointferry.row w on w.file = r.file and w.record = r.record
   where o.record > :after and (:until::bigint is null or o.record <= :until)
  union all
  select 'filtered', null, w.amount, r.amount
    from run_rows r
    join pointferry.row w on w.file = r.file and w.record = r.record
   where r.filtered
) by_bucket
group by bucket
