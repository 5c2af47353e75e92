-- The claim's only write. The lanes are locked by this transaction.
update pointferry.lane l
set in_flight = t.operation, token = :token
from unnest(:lanes::bigint[], :operations::bigint[]) as t (lane, operation)
where l.id = t.lane and l.in_flight is null
returning l.id as lane
