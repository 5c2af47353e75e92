-- The files a run reads, in their order, with how far each has come.
select f.id, f.place, f.name, f.raw_table, f.bound, f.content_sha256, f.business_date, pointferry.corrected_files(f.id) as corrects, f.records,
       p.rows_at is not null as rows_done, p.built_at is not null as built, p.done_at is not null as done,
       coalesce(p.next_record, 0) as next_record
from pointferry.file f
left join pointferry.normalize_progress p on p.run = f.run and p.file = f.id
where f.run = :run and f.verdict = 'staged'
order by f.place, f.id
