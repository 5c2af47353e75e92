-- Operations of the rows that a rerun took.
select pointferry.bucket_of('carries', false, o.state) as bucket, count(*) as operations,
       coalesce(sum(o.value) filter (where o.state = 'delivered'), 0) as value
from pointferry.operation o
where o.id in (select r.operation from pointferry.rerun_row s
               join pointferry.row r on r.file = s.file and r.record = s.record where s.run = :run)
group by 1
