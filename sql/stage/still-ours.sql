-- Is the run still ours? Asked last, so that its row is locked for a moment only: a process that stood still past its lease
-- must not add a file to a run that another one has taken on, perhaps beyond staging.
select 1 as ours from pointferry.run where id = :run and owner = :token for share
