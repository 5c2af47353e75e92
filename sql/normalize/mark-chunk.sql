update pointferry.normalize_progress
set next_record = coalesce(:until::bigint, next_record), done_at = case when :until::bigint is null then clock_timestamp() end
where run = :run and file = :file
