-- The files that a run reads, in order, with how far each has come.
-- nullable: raw_table
-- not null: content_sha256
select f.id, f.place, f.name, pointferry.raw_table_there(f.raw_table) as raw_table, f.bound, f.header, f.raw_columns, f.content_sha256,
       coalesce(f.business_date, r.business_date, (r.started_at at time zone 'UTC')::date) as business_date, r.seq as run_seq,
       pointferry.corrected_files(f.id) as corrects, f.records,
       p.rows_at is not null as rows_done, p.built_at is not null as built, p.done_at is not null as done,
       coalesce(p.next_record, 0) as next_record
from pointferry.file f
join pointferry.run r on r.id = f.run
left join pointferry.normalize_progress p on p.run = f.run and p.file = f.id
where f.run = :run and f.verdict = 'staged'
order by f.place, f.id
