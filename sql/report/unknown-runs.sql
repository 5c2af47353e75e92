-- Runs with rows whose outcome is unknown, oldest first. Run by run, since the index on operations begins with the run. `open` are
-- those that were not given up since.
-- nullable: oldest_open
select f.run, count(*) as rows, min(o.settled_at) as oldest,
       count(*) filter (where d.since is null or o.settled_at > d.since) as open,
       min(o.settled_at) filter (where d.since is null or o.settled_at > d.since) as oldest_open
from pointferry.run r
cross join lateral (select id, settled_at, code, field, platform_code from pointferry.operation where run = r.id and state = 'unknown') o
join pointferry.row w on w.operation = o.id
join pointferry.file f on f.id = w.file
join pointferry.run x on x.id = f.run
left join pointferry.error_group g
  on g.run = f.run and g.code = o.code and g.field = coalesce(o.field, '') and g.platform_code = coalesce(o.platform_code, '')
cross join lateral (select greatest(case when x.dismissed_at > x.finished_at then x.dismissed_at end, g.dismissed_at) as since) d
group by f.run
order by min(o.settled_at)
