-- A process announces itself before it takes anything. Its token fences: it only ever rises.
insert into pointferry.owner (host, boot_id, namespace, pid, process_start, actor, verb, heartbeat_at, lease_until)
select :host, :boot_id, :namespace, :pid, :process_start, :actor, :verb,
       c.now, c.now + make_interval(secs => :lease_ms::double precision / 1000)
from (select clock_timestamp() as now) c
returning token, identity
