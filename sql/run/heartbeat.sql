-- A sign of life. No row: somebody has taken over, and this process must stop. One reading of the clock for both columns,
-- so that they are a lease apart whatever the clock says.
update pointferry.owner o
   set heartbeat_at = c.now,
       lease_until = c.now + make_interval(secs => :lease_ms::double precision / 1000)
  from (select clock_timestamp() as now) c
 where o.token = :token and o.fenced_at is null and o.ended_at is null
returning o.token
