-- Runs with rows whose outcome is unknown, oldest first. Run by run, since the index on operations begins with the run.
select f.run, count(*) as rows, min(o.settled_at) as oldest
from pointferry.run r
cross join lateral (select id, settled_at from pointferry.operation where run = r.id and state = 'unknown') o
join pointferry.row w on w.operation = o.id
join pointferry.file f on f.id = w.file
group by f.run
order by min(o.settled_at)
