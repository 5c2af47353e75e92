-- What the operations of a rerun meet: an event, what has its identity; a state, the operation that its row
-- carries.
update run_operations o
set met = m.id, met_value = m.value, met_lane = m.lane,
    decision = pointferry.meeting_again(m.state, :nature = 'state' or m.content = o.content)
from (
  select c.id as ours, l.*
  from run_operations c
  cross join lateral (
    select l.id, l.value, l.lane, l.content,
           case when (select lane.in_flight from pointferry.lane lane where lane.id = l.lane) = l.id then 'sending'
                when l.retry_by is not null then 'in_doubt' else l.state end as state
    from pointferry.operation l
    where :nature = 'event' and l.nature = 'event' and l.account = :account and l.kind = :kind and l.identity = c.identity
    union all
    select l.id, l.value, l.lane, l.content, l.state
    from pointferry.row w join pointferry.operation l on l.id = w.operation
    where :nature = 'state' and w.file = c.file and w.record = c.record
    offset 0
  ) l
  where c.file = :file and c.record > :after and (:until::bigint is null or c.record <= :until) and c.status = 'ok' and c.met is null
    and l.id <> c.id
) m
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.id = m.ours
