-- Takes a dead process out. Only one taker wins, and only if the owner has not stirred since it was looked at.
update pointferry.owner
   set fenced_at = clock_timestamp()
 where token = :token and fenced_at is null and ended_at is null and heartbeat_at = :heartbeat_at::timestamptz
returning token
