-- Takes a run that nobody holds, or that this dead owner held. One that was given up is open again (who gave it up stays in
-- pointferry.decision).
update pointferry.run
   set owner = :token, status = 'running', exit_code = null, stop_code = null, stop_reason = null, finished_at = null,
       stop_requested = null, dismissed_at = null, dismissed_by = null, dismissed_note = null, stage = case stage when 'done' then 'push' when 'report' then 'push' else stage end
 where id = :id and owner is not distinct from :held_by::bigint
returning id, seq
