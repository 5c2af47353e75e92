-- What would become of the operations of a rerun: operations and rows by bucket, the amount of the rows as first read, and rows
-- whose amount can be read now and could not then.
select case when o.status = 'filtered' then 'filtered'
            when o.status = 'rejected' or o.decision in ('changed', 'conflict') then 'rejected'
            when o.decision = 'joins' then 'duplicate'
            when o.subject is null then 'parked'
            else 'send' end as bucket,
       count(distinct o.id)::int as operations, count(r.record)::int as rows, coalesce(sum(w.amount), 0)::text as amount,
       count(r.record) filter (where w.amount is null and r.amount is not null)::int as readable,
       coalesce(sum(r.amount) filter (where w.amount is null), 0)::text as readable_amount
from run_operations o
join run_rows r on row_of_operation and not r.filtered
join pointferry.row w on w.file = r.file and w.record = r.record
where o.record > :after and (:until::bigint is null or o.record <= :until)
group by 1
