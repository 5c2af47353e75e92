-- What events of the chunk meet under their identity, and what follows (pointferry.meeting). A claim writes the lane alone, so an
-- operation that its lane has in flight counts as being sent.
update run_operations o
set met = l.id,
    met_value = l.value,
    decision = pointferry.meeting(case when lane.in_flight = l.id then 'sending' else l.state end, l.content = o.content, l.file = any (:corrects::bigint[]))
from pointferry.operation l
left join pointferry.lane lane on lane.id = l.lane
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  and o.status = 'ok' and o.met is null
  and l.nature = 'event' and l.account = :account and l.kind = :kind and l.identity = o.identity and l.id <> o.id
