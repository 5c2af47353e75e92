-- A damaged record may have held rows of the group before or after it, so neither group is known to be whole. Neighbours are the
-- nearest records that could be parsed, whether the pipeline sends them or not. The reason names the first damaged record.
with damaged as (
  select distinct e.record, w.line
  from pointferry.row_error e
  join pointferry.row w on w.file = e.file and w.record = e.record
  where e.file = :file and e.stage = 'stage'
), neighbours as (
  select d.record, d.line,
         (select r.slot from run_rows r where r.file = :file and r.record < d.record order by r.record desc limit 1) as slot
  from damaged d
  union
  select d.record, d.line,
         (select r.slot from run_rows r where r.file = :file and r.record > d.record order by r.record limit 1)
  from damaged d
), beside as (
  select slot, min(record) as record, min(line) as line, count(*) - 1 as more from neighbours group by slot
)
update run_operations o
set status = 'rejected', payload = null,
    faults = coalesce(o.faults, '{}') || pointferry.fault('NORMALIZE_GROUP_UNCERTAIN', '', '', null,
      format('record %s (line %s) of %s%s could not be parsed and may be a row of this group', b.record, b.line, f.name,
             case when b.more > 0 then format(' and %s more', b.more) end))
from beside b
join pointferry.file f on f.id = :file
where o.slot = b.slot and (:across or o.file = :file) and o.status in ('ok', 'rejected')
