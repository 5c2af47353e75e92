-- Finished runs of the pipeline that have something to send: parked operations that were released, also by a
-- process that has died since. A stopped or interrupted run is not among them: only its own resume sends its
-- rest.
select r.id as run
from pointferry.run r
where r.pipeline = :pipeline and r.account = :account and r.stage = 'done'
  and exists (select 1 from pointferry.operation o where o.run = r.id and o.state in ('ready', 'sending', 'in_doubt'))
order by r.seq
