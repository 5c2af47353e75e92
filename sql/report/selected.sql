-- Rows of a rerun's selection by bucket. They belong to the runs that read them: a view, never to be added up.
-- nullable: currency
select b.file, b.bucket, b.currency, count(*) as rows, coalesce(sum(b.amount), 0) as amount,
       count(*) filter (where b.unreadable or d.record is not null) as unreadable,
       coalesce(sum(b.corrected - coalesce(b.amount, 0)) filter (where b.corrected is not null), 0) as corrected
from pointferry.rerun_row s
join pointferry.row_bucket b on b.file = s.file and b.record = s.record
left join pointferry.damaged d on d.file = s.file and d.record = s.record
where s.run = :run
group by b.file, b.bucket, b.currency
