-- A group beside damage that nobody repaired stays uncertain. Neighbours are those of the whole file, not of the selection.
-- The reason names the first damaged record.
with parsed as not materialized (
  select r.record, r.group_key from pointferry.row r
  where r.file = :file and not exists (select from pointferry.damaged x where x.file = r.file and x.record = r.record)
), damaged as (
  select distinct e.record, w.line
  from pointferry.row_error e
  join pointferry.row w on w.file = e.file and w.record = e.record
  where e.file = :file and e.stage = 'stage' and pointferry.edits_of(e.file, e.record) is null
), neighbours as (
  select d.record, d.line,
         (select p.group_key from parsed p where p.record < d.record order by p.record desc limit 1) as group_key
  from damaged d
  union
  select d.record, d.line,
         (select p.group_key from parsed p where p.record > d.record order by p.record limit 1)
  from damaged d
), beside as (
  select group_key, min(record) as record, min(line) as line, count(*) - 1 as more from neighbours group by group_key
)
update run_operations o
set status = 'rejected', payload = null,
    faults = coalesce(o.faults, '{}') || pointferry.fault('NORMALIZE_GROUP_UNCERTAIN', '', '', null,
      format('record %s (line %s) of %s%s could not be parsed and may be a row of this group', b.record, b.line, f.name,
             case when b.more > 0 then format(' and %s more', b.more) end))
from beside b
join pointferry.file f on f.id = :file
where o.gkey = b.group_key and (:across or o.file = :file) and o.status in ('ok', 'rejected')
