-- What events of the chunk meet under their identity, and what follows (pointferry.meeting). A claim writes
-- only the lane, so an operation that its lane has in flight counts as being sent. The look-up is a subquery
-- of its own: joined plainly and planned without statistics, it walks all operations of the account.
update run_operations o
set met = m.id, met_value = m.value, met_lane = m.lane,
    decision = pointferry.meeting(m.state, m.content = o.content, m.file = any (:corrects::bigint[]))
from (
  select c.id as ours, l.*
  from run_operations c
  cross join lateral (
    select l.id, l.value, l.lane, l.content, l.file,
           case when (select lane.in_flight from pointferry.lane lane where lane.id = l.lane) = l.id then 'sending'
                when l.retry_by is not null then 'in_doubt' else l.state end as state
    from pointferry.operation l
    where l.nature = 'event' and l.account = :account and l.kind = :kind and l.identity = c.identity
    offset 0
  ) l
  where c.file = :file and c.record > :after and (:until::bigint is null or c.record <= :until) and c.status = 'ok' and c.met is null
    and l.id <> c.id
) m
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.id = m.ours
