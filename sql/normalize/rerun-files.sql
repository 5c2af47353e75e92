-- The files that a rerun has rows of, with place, date and order of the run that read them: the version of a
-- row does not rise when it is tried again.
-- nullable: raw_table
-- not null: content_sha256
select f.id, f.place, f.name, pointferry.raw_table_there(f.raw_table) as raw_table, f.bound, f.header, f.raw_columns, f.content_sha256,
       coalesce(f.business_date, r.business_date, (r.started_at at time zone 'UTC')::date) as business_date, r.seq as run_seq,
       '{}'::bigint[] as corrects, f.records,
       p.rows_at is not null as rows_done, p.built_at is not null as built, p.done_at is not null as done,
       coalesce(p.next_record, 0) as next_record
from (select distinct file from pointferry.rerun_row where run = :run) t
join pointferry.file f on f.id = t.file
join pointferry.run r on r.id = f.run
left join pointferry.normalize_progress p on p.run = :run and p.file = f.id
order by r.seq, f.place, f.id
