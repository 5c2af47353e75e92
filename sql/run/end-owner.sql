-- Goes in order: what it held is free at once.
update pointferry.owner set ended_at = clock_timestamp() where token = :token and ended_at is null
