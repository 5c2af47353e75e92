-- Is the mark of the file still where this process read it? After a pause longer than its lease it is further
-- on: another process took over and has put these rows into the ledger.
select 1 as here from pointferry.normalize_progress
where run = :run and file = :file and next_record = :after and done_at is null
for update
