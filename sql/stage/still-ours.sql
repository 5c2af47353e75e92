-- Does this process still hold the run? Checked last, so that the row is locked only for a moment. A process
-- that paused for longer than its lease must not add a file to a run that another process took over and may
-- have normalized.
select 1 as ours from pointferry.run where id = :run and owner = :token for share
