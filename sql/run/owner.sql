select token, host, boot_id, pid, process_start, actor, verb, heartbeat_at::text, lease_until,
       ended_at is not null or fenced_at is not null as gone,
       lease_until < clock_timestamp() as expired
  from pointferry.owner where token = :token
