-- Groups of errors with the rows in them now, per bucket and currency. Places are [file's place, file, record].
-- nullable: currency, dismissed_at, dismissed_by, dismissed_note
select coalesce(e.number, 0) as number, b.code, b.field, b.platform_code, b.bucket, b.currency,
       bool_or(b.of_kind) as of_kind, count(*) as rows, count(distinct b.operation) as operations,
       coalesce(sum(b.amount), 0) as amount,
       count(*) filter (where b.unreadable or d.record is not null) as unreadable,
       max(e.dismissed_at) as dismissed_at, max(e.dismissed_by) as dismissed_by, max(e.dismissed_note) as dismissed_note,
       min(array[f.place, b.file, b.record]) as first, max(array[f.place, b.file, b.record]) as last
from pointferry.row_fault b
join pointferry.file f on f.id = b.file
left join pointferry.damaged d on d.file = b.file and d.record = b.record
left join pointferry.error_group e
  on e.run = b.run and e.code = b.code and e.field = b.field and e.platform_code = b.platform_code
where b.run = :run and b.bucket in ('rejected', 'failed', 'unknown', 'parked')
group by 1, 2, 3, 4, 5, 6
