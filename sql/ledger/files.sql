-- The files that a run reports on: its own, with what the parser counted and stage summed (the left side of the books),
-- and of a rerun those whose rows it took.
-- nullable: raw_table
select f.id, f.run, f.place, f.name, f.path, f.business_date, f.sha256, f.content_sha256,
       f.bytes, f.records, f.skipped, f.verdict, f.code, f.reason, f.earlier_run,
       f.correction_of, pointferry.raw_table_there(f.raw_table) as raw_table, f.header, f.raw_columns, f.bound, f.amounts,
       f.normalized_at is not null as normalized,
       (select count(*) from pointferry.damaged d where d.file = f.id) as damaged
from pointferry.file f
where f.run = :run or f.id in (select file from pointferry.rerun_row where run = :run)
order by f.place, f.id
