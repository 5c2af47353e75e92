-- Goes in order: what it held is free at once. The pid is asked too, as for a sign of life.
update pointferry.owner set ended_at = clock_timestamp() where token = :token and pid = :pid and ended_at is null
