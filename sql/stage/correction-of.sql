-- A file is a correction of an earlier one with other content only if pipeline, name and business date agree,
-- and the date is in the name. A partner who overwrites members.csv each night sends new files.
select id, run from pointferry.file
 where account = :account and pipeline = :pipeline and name = :name and business_date = :business_date::date
   and verdict = 'staged' and content_sha256 <> :content_sha256 and run <> :run
 order by id desc limit 1
