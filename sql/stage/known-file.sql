-- Is this content known for the account and pipeline? The earliest run that took it; its unfinished rows are named.
select f.id, f.run, r.status, f.name
  from pointferry.file f join pointferry.run r on r.id = f.run
 where f.account = :account and f.pipeline = :pipeline and f.content_sha256 = :content_sha256 and f.verdict = 'staged'
 order by f.id limit 1
