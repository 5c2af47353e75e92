-- The right side of the books: every row of the run's files by its bucket, counted from the rows themselves. One scan.
-- A damaged record has no cell to read an amount from, so it counts as unreadable whatever its row says.
-- nullable: currency
select r.file, r.bucket, r.currency, count(*) as rows, coalesce(sum(r.amount), 0) as amount,
       count(*) filter (where r.unreadable or d.record is not null) as unreadable,
       coalesce(sum(r.corrected - coalesce(r.amount, 0)) filter (where r.corrected is not null), 0) as corrected
from pointferry.row_bucket r
left join pointferry.damaged d on d.file = r.file and d.record = r.record
where r.run = :run
group by r.file, r.bucket, r.currency
