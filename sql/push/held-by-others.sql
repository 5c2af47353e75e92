-- Fencing tokens of others that hold lanes of this account.
select distinct l.token
from pointferry.lane l
where l.in_flight is not null and l.account = :account and l.token <> :token
