-- The claim's only write. The lanes are locked by this transaction.
update pointferry.lane
set in_flight = taken.operation, token = :token
from unnest(:lanes::bigint[], :operations::bigint[]) as taken (lane, operation)
where lane.id = taken.lane and lane.in_flight is null
returning lane.id as lane
