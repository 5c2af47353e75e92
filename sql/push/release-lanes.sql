-- Claimed and not sent after all: free again. Only operations that are ready: doubt keeps its lane.
update pointferry.lane
set in_flight = null, token = null
from pointferry.operation op
where op.id = lane.in_flight and lane.token = :token and op.state = 'ready'
  and op.id = any (:operations::bigint[])
