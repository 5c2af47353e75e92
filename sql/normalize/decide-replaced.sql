-- Asked again under the locks: what was sent in between cannot be replaced any more.
update run_operations o
set decision = pointferry.meeting(
      case when (select lane.in_flight from pointferry.lane lane where lane.id = l.lane) = l.id then 'sending' else l.state end,
      l.content = o.content, true)
from pointferry.operation l
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.decision = 'replaces' and l.id = o.met
