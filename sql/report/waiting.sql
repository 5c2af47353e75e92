-- What waits: parked operations by whole days of waiting, unknown ones by whole days since they were sent.
-- nullable: next_release
select o.state, greatest(0, floor(extract(epoch from transaction_timestamp() - coalesce(o.parked_at, o.settled_at)) / 86400))::integer as days,
       count(*) as operations, count(distinct o.member_key) as members, min(o.park_until) as next_release
from pointferry.operation o
where o.state in ('parked', 'unknown')
  and o.id in (select r.operation from pointferry.row r join pointferry.file f on f.id = r.file where f.run = :run
               union all
               select r.operation from pointferry.rerun_row s join pointferry.row r on r.file = s.file and r.record = s.record
               where s.run = :run)
group by 1, 2
order by 1, 2
