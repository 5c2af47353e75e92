-- Rows of the selection by what normalize decided, before the ledger. Records that are still damaged are in
-- none of the tables.
select
  (select count(*) from pointferry.rerun_row where run = :run) as read,
  (select count(*) from pointferry.rerun_row where run = :run) - (select count(*) from run_rows) as damaged,
  (select count(*) from run_rows where filtered) + (select coalesce(sum(size), 0) from run_operations where status = 'filtered') as filtered,
  (select coalesce(sum(size), 0) from run_operations where status = 'rejected') as rejected,
  (select count(*) from run_operations where status = 'ok') as operations,
  (select count(*) from run_operations where status = 'ok' and subject is null) as unknown_members
