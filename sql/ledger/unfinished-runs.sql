-- Runs that are not finished, oldest first; src/ledger/next-step.ts decides what becomes of each. One that is held may be a dead
-- process's: killed under way (running), or while its files were written. Given up counts while it is younger than the run's end.
select id, pipeline, scope, stage, status, exit_code, owner is not null as held,
       dismissed_at is not null and dismissed_at > finished_at and owner is null as dismissed
from pointferry.run
where stage <> 'done'
order by seq
