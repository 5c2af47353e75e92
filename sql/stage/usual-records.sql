-- The median number of records of the pipeline's last files, without those of this run. Null if there are
-- fewer than three.
-- nullable: records
select case when count(*) >= 3 then percentile_disc(0.5) within group (order by records) end as records
from (
  select records from pointferry.file
   where account = :account and pipeline = :pipeline and run <> :run and verdict = 'staged'
   order by id desc limit 14
) f
