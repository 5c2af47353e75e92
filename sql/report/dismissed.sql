-- What was given up of a run, while that is in force: its rows that needed attention at that time (what failed since counts again),
-- and whether all of the run was given up, its refused files included. Rows are counted only if something was given up, which is rare.
select d.since is not null as "all",
       case when d.since is not null
              or exists (select from pointferry.error_group g where g.run = r.id and g.dismissed_at is not null)
       then (
         select count(*)
         from pointferry.row_fault x
         join pointferry.row w on w.file = x.file and w.record = x.record
         left join pointferry.operation o on o.id = x.operation
         left join pointferry.error_group g
           on g.run = x.run and g.code = x.code and g.field = x.field and g.platform_code = x.platform_code
         where x.run = r.id and x.bucket in ('rejected', 'failed', 'unknown')
           and coalesce(o.settled_at, w.changed_at) <= greatest(d.since, g.dismissed_at))
       else 0 end as rows
from pointferry.run r
cross join lateral (select case when r.dismissed_at > r.finished_at then r.dismissed_at end as since) d
where r.id = :run
