-- Decided once more under the locks: what was sent in between cannot be changed any more.
update run_operations o
set decision = case when :revives
      then pointferry.meeting_again(m.state, l.nature = 'state' or l.content = o.content)
      else pointferry.meeting(m.state, l.content = o.content, true) end
from pointferry.operation l
cross join lateral (
  select case when (select lane.in_flight from pointferry.lane lane where lane.id = l.lane) = l.id then 'sending'
              when l.retry_by is not null then 'in_doubt' else l.state end as state
) m
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  and o.decision in ('replaces', 'revives') and l.id = o.met
