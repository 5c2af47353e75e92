-- Finished runs that have something to send again: the next `run` or `resume` goes on with them. One that is at work, or was
-- left unfinished, finds it anyway. It ends anew, so that one that was given up is open again.
update pointferry.run
set stage = 'push', status = 'interrupted', exit_code = 4, stop_code = 'SETTLE_RETRY', stop_reason = 'a person asked to send again',
    finished_at = clock_timestamp(), dismissed_at = null, dismissed_by = null, dismissed_note = null
where id = any (:ids::text[]) and stage = 'done' and owner is null
returning id
