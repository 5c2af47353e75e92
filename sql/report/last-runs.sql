-- The last run of every pipeline and scope, as its files said last, and whether somebody is at it now. A run that says
-- running and has no living owner was interrupted by a death; the next run goes on with it. A finished rerun is a view of
-- other runs and no line; each that is not finished is one, since only a typed `resume` goes on with it.
select distinct on (r.pipeline, r.scope, u.rerun) r.id, r.pipeline, r.scope, r.account, r.status, r.exit_code as "exitCode",
       r.stop_code as "stopCode", r.stop_reason as "stopReason", r.started_at as "startedAt", r.finished_at as "finishedAt",
       r.definition, g.figures, g.as_of as "asOf", transaction_timestamp() as now,
       (select coalesce(json_agg(json_build_object('verdict', v.verdict, 'files', v.files)), '[]')
          from (select verdict, count(*) as files from pointferry.file
                 where run = r.id and verdict in ('empty', 'refused', 'unfinished') group by verdict) v) as refused,
       r.owner is not null and o.ended_at is null and o.fenced_at is null and o.lease_until > clock_timestamp() as alive
from pointferry.run r
left join pointferry.run_figures g on g.run = r.id
left join pointferry.owner o on o.token = r.owner
cross join lateral (select case when r.mode = 'rerun' then r.seq end as rerun) u
where r.mode <> 'rerun' or r.stage <> 'done'
order by r.pipeline, r.scope, u.rerun, r.seq desc
