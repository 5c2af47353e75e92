-- Runs whose rows this one settled on the way: their files are written again.
select distinct t.id, t.folder
from pointferry.operation o
join pointferry.row r on r.operation = o.id
join pointferry.file f on f.id = r.file
join pointferry.run t on t.id = f.run
where ((o.settled_by = :run and o.settled_by <> o.run) or o.run = :run) and f.run <> :run
union
-- a rerun moves rows of the runs it is of
select t.id, t.folder from pointferry.run t join pointferry.run me on t.id = any (me.of) where me.id = :run
