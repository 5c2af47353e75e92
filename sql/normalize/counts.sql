-- Rows of the run by what normalize decided, before the ledger. Damaged records are read and rejected too.
select
  (select coalesce(sum(records), 0) from pointferry.file where run = :run and verdict = 'staged') as read,
  (select count(*) from pointferry.file f join pointferry.row_error e on e.file = f.id and e.stage = 'stage' where f.run = :run) as damaged,
  (select count(*) from run_rows where filtered)
    + (select coalesce(sum(size), 0) from run_operations where status = 'filtered') as filtered,
  (select coalesce(sum(size), 0) from run_operations where status = 'rejected') as rejected,
  (select count(*) from run_operations where status = 'ok') as operations,
  (select count(*) from run_operations where status = 'ok' and subject is null) as unknown_members
