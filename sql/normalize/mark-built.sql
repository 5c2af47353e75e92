update pointferry.normalize_progress set built_at = clock_timestamp()
where run = :run and file = any (:files::bigint[]) and built_at is null
returning file
