-- What a person has given up of a run, while that is in force: the rows that want a person and stood so when it was said (what
-- failed since counts again), and whether all of it was given up, its refused files included. Rows are looked at only where there
-- is something given up: mostly there is nothing.
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
