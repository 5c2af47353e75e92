-- Goes in order: what it held is free at once. Who it is is asked too, as for a sign of life.
update pointferry.owner set ended_at = clock_timestamp()
 where token = :token and identity = :identity::uuid and ended_at is null
