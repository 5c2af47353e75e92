-- The runs of a pipeline before this one (and this one), newest first, as their files said last: what a night is
-- compared with. Reruns are views of other runs, and backfills are no nights.
select r.id, r.business_date as "businessDate", r.started_at as "startedAt", r.finished_at as "finishedAt",
       r.exit_code as "exitCode", g.figures
from pointferry.run r
join pointferry.run_figures g on g.run = r.id
where r.pipeline = (select pipeline from pointferry.run where id = :run)
  and r.mode = 'run' and r.seq < (select seq from pointferry.run where id = :run)
order by r.seq desc
limit 30
