-- Free lanes, locked. Ordered, so that two claims never wait for each other in a circle; an owner that was
-- fenced gets none.
select lane.id as lane
from pointferry.lane
where lane.id = any (:lanes::bigint[]) and lane.account = :account and lane.in_flight is null
  and exists (
    select 1 from pointferry.owner
    where owner.token = :token and owner.fenced_at is null and owner.ended_at is null
  )
order by lane.id
limit :most
for update of lane skip locked
