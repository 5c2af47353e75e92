-- A process announces itself before it takes anything. Its token fences: it only ever rises.
insert into pointferry.owner (host, boot_id, pid, process_start, actor, verb, lease_until)
values (:host, :boot_id, :pid, :process_start, :actor, :verb, clock_timestamp() + make_interval(secs => :lease_ms::double precision / 1000))
returning token
