-- How an owner looks just now. `overdue` is a hint for people and for whom to watch: the clock of the server may be set,
-- so that nobody is taken for dead by it. The lease is a length, and each observer measures it by its own clock.
select token, host, boot_id, namespace, pid, process_start, actor, verb, heartbeat_at::text,
       (extract(epoch from lease_until - heartbeat_at) * 1000)::float8 as lease_ms,
       ended_at is not null or fenced_at is not null as gone,
       lease_until < clock_timestamp() as overdue
  from pointferry.owner where token = :token
