-- What `status` shows: the last run of every pipeline and scope, and the runs that are open, as their files said last, and whether
-- a living process holds them. A run that is running without a living owner was interrupted; the next run resumes it. Open is what is
-- unfinished and not given up, and what ended with rows that need attention; whether those are all given up or tolerated is for the
-- caller to find out. A finished rerun is a view of other runs and has no line.
-- nullable: as_of
with listed as (
  select r.*, r.mode <> 'rerun' and r.seq = max(r.seq) over (partition by r.pipeline, r.scope) as newest,
         r.dismissed_at is not null and r.dismissed_at > r.finished_at and r.owner is null as given_up
  from pointferry.run r
  where r.mode <> 'rerun' or r.stage <> 'done'
)
select r.id, r.pipeline, r.scope, r.account, r.stage, r.status, r.exit_code,
       r.stop_code, r.stop_reason, r.started_at, r.finished_at,
       r.definition, g.figures, g.as_of, transaction_timestamp() as now, r.newest,
       r.given_up and r.stage <> 'done' as dismissed,
       r.dismissed_by, r.dismissed_note,
       r.given_up or exists (select from pointferry.error_group e where e.run = r.id and e.dismissed_at is not null) as rows_dismissed,
       (select coalesce(json_agg(json_build_object('verdict', v.verdict, 'files', v.files)), '[]')
          from (select verdict, count(*) as files from pointferry.file
                 where run = r.id and verdict in ('empty', 'refused', 'unfinished') group by verdict) v) as refused,
       r.owner is not null and o.ended_at is null and o.fenced_at is null and o.lease_until > clock_timestamp() as alive
from listed r
left join pointferry.run_figures g on g.run = r.id
left join pointferry.owner o on o.token = r.owner
where r.newest or (r.stage <> 'done' and not r.given_up) or (r.stage = 'done' and r.exit_code = 1)
order by r.pipeline, r.scope, r.seq desc
