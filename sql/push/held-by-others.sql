-- Fencing tokens of others that hold lanes or places of this account.
-- not null: token
select lane.token
from pointferry.lane
where lane.in_flight is not null and lane.account = :account and lane.token <> :token
union
select sender.token
from pointferry.sender
where sender.account = :account and sender.token <> :token
