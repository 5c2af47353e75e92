-- The runs of a pipeline before this one, newest first, as their files said last: what a night is compared with. Reruns are views
-- of other runs, backfills are not nights, and a run that read nothing (no new file, or a resume) says nothing of a usual night.
select r.id, r.business_date, r.started_at, r.finished_at, g.figures
from pointferry.run r
join pointferry.run_figures g on g.run = r.id
where r.pipeline = (select pipeline from pointferry.run where id = :run)
  and r.mode = 'run' and r.seq < (select seq from pointferry.run where id = :run)
  and (g.figures->'rows'->>'read')::bigint > 0
order by r.seq desc
limit 30
