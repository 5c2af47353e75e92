-- Claimed and not sent after all: free again. Only operations that are ready: doubt keeps its lane.
update pointferry.lane l
set in_flight = null, token = null
from pointferry.operation o
where o.id = l.in_flight and l.token = :token and o.state = 'ready' and o.id = any (:operations::bigint[])
