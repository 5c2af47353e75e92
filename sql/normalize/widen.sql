-- A selection covers whole groups: rows that share a group with a selected one, and the groups on both sides
-- of a repaired record, since its lines may belong to them. Added are rejected and failed rows, and filtered
-- rows of their groups: other cells of the group may depend on them, and today's pipeline may send them. What
-- else a group holds is found when it meets the ledger. Returns the rows added.
with taken as (
  select t.file, t.record, f.run, r.group_key, d.file is not null and t.edits is not null as repaired
  from pointferry.rerun_row t
  join pointferry.file f on f.id = t.file
  join pointferry.row r on r.file = t.file and r.record = t.record
  left join pointferry.damaged d on d.file = t.file and d.record = t.record
  where t.run = :run
), groups as (
  select file, run, group_key from taken where group_key is not null
  union
  select t.file, t.run, n.group_key
  from taken t
  cross join lateral (
    (select b.group_key from pointferry.row b
     where b.file = t.file and b.record < t.record and not exists (select from pointferry.damaged x where x.file = b.file and x.record = b.record)
     order by b.record desc limit 1)
    union
    (select b.group_key from pointferry.row b
     where b.file = t.file and b.record > t.record and not exists (select from pointferry.damaged x where x.file = b.file and x.record = b.record)
     order by b.record limit 1)
  ) n
  where t.repaired and n.group_key is not null
)
insert into pointferry.rerun_row (run, file, record)
select distinct :run, w.file, w.record
from groups g
join pointferry.file f on f.run = g.run and (:across or f.id = g.file)
join pointferry.row w on w.file = f.id and w.group_key = g.group_key
left join pointferry.operation o on o.id = w.operation
where w.role in ('rejected', 'filtered') or o.state in ('failed', 'rejected')
on conflict do nothing
returning file, record
