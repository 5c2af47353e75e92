-- Free lanes, locked. Ordered, so that two claims never wait for each other in a circle; an owner that was fenced
-- gets none.
select l.id as lane
from pointferry.lane l
where l.id = any (:lanes::bigint[]) and l.account = :account and l.in_flight is null
  and exists (select 1 from pointferry.owner w where w.token = :token and w.fenced_at is null and w.ended_at is null)
order by l.id
limit :most
for update of l skip locked
