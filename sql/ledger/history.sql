-- The newest run of the pipeline that made operations of events of this source, on the account that is sent to now. What
-- it sent is recognized by its own rules only.
select r.id, r.definition
from pointferry.run r
where r.pipeline = :pipeline and r.account = :account and r.kind = :kind and r.mode <> 'rerun'
  and r.definition -> 'identity' ->> 'source' = :source
  and exists (select 1 from pointferry.operation o where o.run = r.id)
order by r.seq desc
limit 1
