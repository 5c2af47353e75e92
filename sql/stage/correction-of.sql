-- The same name with other content is a correction only where pipeline, name and business date agree, and the date
-- comes from the file's name (a partner who overwrites members.csv each night sends new files).
select id, run from pointferry.file
 where account = :account and pipeline = :pipeline and name = :name and business_date = :business_date::date
   and verdict = 'staged' and content_sha256 <> :content_sha256 and run <> :run
 order by id desc limit 1
