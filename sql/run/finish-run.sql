update pointferry.run
   set status = :status, exit_code = :exit_code, stop_code = :stop_code, stop_reason = :stop_reason,
       stage = case when :done then 'done' else stage end,
       finished_at = clock_timestamp(), owner = null
 where id = :id and owner = :token
returning id
