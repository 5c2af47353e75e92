-- A damaged record may have held lines of the group before or after it: those two groups are not known to be whole. The
-- neighbours are the nearest records that could be read, whether the pipeline sends them or not.
with damaged as (
  select e.record from pointferry.row_error e where e.file = :file and e.stage = 'stage'
), beside as (
  select (select r.slot from run_rows r where r.file = :file and r.record < d.record order by r.record desc limit 1) as slot from damaged d
  union
  select (select r.slot from run_rows r where r.file = :file and r.record > d.record order by r.record limit 1) from damaged d
)
update run_operations o
set status = 'rejected', payload = null,
    faults = coalesce(o.faults, '{}') || pointferry.fault('NORMALIZE_GROUP_UNCERTAIN', '', '', null, 'a record that could not be read stands beside this group')
from beside b
where o.slot = b.slot and (:across or o.file = :file) and o.status in ('ok', 'rejected')
