-- What became of a run, while it is still held: its files are written next, and a death in between is seen.
update pointferry.run
   set status = :status, exit_code = :exit_code, stop_code = :stop_code, stop_reason = :stop_reason,
       finished_at = clock_timestamp(), files_due = null
 where id = :id and owner = :token
returning id
