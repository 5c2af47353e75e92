-- Files of the account and pipeline with this content, earliest first. `went_on`: another content was staged
-- under this name since, so going back to this one is a change (states only: see src/stage/known.ts).
select f.id, f.run, f.name, f.business_date,
       exists (
         select from pointferry.file later
          where later.account = f.account and later.pipeline = f.pipeline and later.verdict = 'staged'
            and later.name = :name and later.id > f.id and later.content_sha256 <> f.content_sha256
       ) as went_on
  from pointferry.file f
 where f.account = :account and f.pipeline = :pipeline and f.content_sha256 = :content_sha256
   and f.verdict = 'staged'
 order by f.id
