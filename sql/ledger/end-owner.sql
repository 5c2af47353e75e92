-- Goes in order: what it held is free at once. Who it is is asked too, as for a sign of life.
update pointferry.owner set ended_at = clock_timestamp() where token = :token and (pid, process_start, namespace) = (:pid, :process_start, :namespace) and ended_at is null
