-- What a person has given up of a run, while that is in force: the rows that want a person and stood so when it was said (what
-- failed since counts again), and whether all of it was given up, its refused files included.
select count(f.record) as rows, r.dismissed_at is not null and r.dismissed_at > r.finished_at as "all"
from pointferry.run r
left join lateral (
  select x.record
  from pointferry.row_fault x
  join pointferry.row w on w.file = x.file and w.record = x.record
  left join pointferry.operation o on o.id = x.operation
  left join pointferry.error_group g
    on g.run = x.run and g.code = x.code and g.field = x.field and g.platform_code = x.platform_code
  where x.run = r.id and x.bucket in ('rejected', 'failed', 'unknown')
    and coalesce(o.settled_at, w.changed_at)
        <= greatest(case when r.dismissed_at > r.finished_at then r.dismissed_at end, g.dismissed_at)
) f on r.dismissed_at is not null or exists (select from pointferry.error_group g where g.run = r.id and g.dismissed_at is not null)
where r.id = :run
group by r.id
