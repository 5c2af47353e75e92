-- Beside damage that nobody repaired a group stays uncertain; neighbours are those of the whole file, not of the selection.
with damaged as (
  select e.record from pointferry.row_error e
  where e.file = :file and e.stage = 'stage' and pointferry.edits_of(e.file, e.record) is null
), beside as (
  select (select b.group_key from pointferry.row b
          where b.file = :file and b.record < d.record and not exists (select from pointferry.damaged x where x.file = b.file and x.record = b.record)
          order by b.record desc limit 1) as group_key
  from damaged d
  union
  select (select b.group_key from pointferry.row b
          where b.file = :file and b.record > d.record and not exists (select from pointferry.damaged x where x.file = b.file and x.record = b.record)
          order by b.record limit 1)
  from damaged d
)
update run_operations o
set status = 'rejected', payload = null,
    faults = coalesce(o.faults, '{}') || pointferry.fault('NORMALIZE_GROUP_UNCERTAIN', '', '', null, 'a record that could not be read stands beside this group')
from beside b
where o.gkey = b.group_key and (:across or o.file = :file) and o.status in ('ok', 'rejected')
