-- Who has sent these data, on this platform: runs of this kind that bear the pipeline's name, or read events of the same source
-- (states have none). Of each account and pipeline the newest run of which something was sent. `accepted`: a person has said since
-- then that the account sent to now is another one.
select distinct on (r.account, r.pipeline)
       r.account, a.origin, r.pipeline, r.id as run, r.seq, to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD') as day,
       exists (select from pointferry.decision d
               where d.verb = 'accept-new-account' and d.account = :account and d.detail ->> 'other' = r.account and d.at > r.started_at) as accepted
from pointferry.run r
join pointferry.account a on a.name = r.account
where a.platform = :platform and r.kind = :kind
  and (r.pipeline = :pipeline or r.definition -> 'identity' ->> 'source' is not distinct from :source)
  and exists (select from pointferry.operation o where o.run = r.id and o.sent_at is not null)
order by r.account, r.pipeline, r.seq desc
