-- The runs of a pipeline before this one (and this one), newest first, as their files said last: what a night is
-- compared with. Reruns are views of other runs, and backfills are no nights.
select r.id, r.business_date, r.started_at, r.finished_at,
       r.exit_code, g.figures
from pointferry.run r
join pointferry.run_figures g on g.run = r.id
where r.pipeline = (select pipeline from pointferry.run where id = :run)
  and r.mode = 'run' and r.seq < (select seq from pointferry.run where id = :run)
order by r.seq desc
limit 30
