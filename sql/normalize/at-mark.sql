-- Is the file still where this process has read that it is? A process that stood still for longer than its lease finds
-- it further on: whoever took over has put these rows into the ledger.
select 1 as here from pointferry.normalize_progress
where run = :run and file = :file and next_record = :after and done_at is null
for update
