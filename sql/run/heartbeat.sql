-- Renews the lease by the database's clock. No row: somebody has taken over, and this process must stop.
update pointferry.owner
   set heartbeat_at = clock_timestamp(),
       lease_until = clock_timestamp() + make_interval(secs => :lease_ms::double precision / 1000)
 where token = :token and fenced_at is null and ended_at is null
returning token
