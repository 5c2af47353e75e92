-- Files that the selection has rows of.
-- nullable: raw_table
select f.id, f.name, f.header, pointferry.raw_table_there(f.raw_table) as raw_table
from pointferry.file f
where f.id in (select file from pointferry.rerun_row where run = :rerun)
order by f.id
