-- A sign of life. No row: somebody has taken over, or the ledger went back to before this process, and it must stop. Who it is
-- is asked too, since a ledger that went back gives the same tokens out again. One reading of the clock for both columns, so
-- that they are a lease apart whatever the clock says.
-- nullable: system, timeline, flushed
update pointferry.owner o
   set heartbeat_at = c.now, beats = o.beats + 1,
       lease_until = c.now + make_interval(secs => :lease_ms::double precision / 1000)
  from (select clock_timestamp() as now) c
 cross join pointferry.ledger l
 cross join pointferry.wal_place() w
 where o.token = :token and o.identity = :identity::uuid and o.fenced_at is null and o.ended_at is null
returning l.id, l.generation, w.system, w.timeline, w.flushed::text, (select max(token) from pointferry.owner) as newest,
  json_build_array(json_build_object(
    'token', o.token, 'identity', o.identity, 'beats', o.beats, 'commits', o.commits)) as owners
