-- Operations of a run: those whose first carrying row stands in one of its files, by what became of them.
select pointferry.bucket_of('carries', false, o.state) as bucket, count(*) as operations,
       coalesce(sum(o.value) filter (where o.state = 'delivered'), 0) as value
from pointferry.row r
join pointferry.file f on f.id = r.file
join pointferry.operation o on o.id = r.operation and o.file = r.file and o.record = r.record
where f.run = :run and r.role = 'carries'
group by 1
