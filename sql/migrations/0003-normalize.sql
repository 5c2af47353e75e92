-- How far normalize has come with a file of a run, so that a restart redoes only what is not marked. Building a file and each
-- chunk of the ledger is a transaction of its own, and its mark is part of it.
create table pointferry.normalize_progress (
  run         text not null references pointferry.run,
  file        bigint not null references pointferry.file,
  rows_at     timestamptz,                   -- its typed rows stand in the run's table
  built_at    timestamptz,                   -- its operations do
  next_record bigint not null default 0,     -- operations that begin after this record are not in the ledger yet
  done_at     timestamptz,
  primary key (run, file),
  check (done_at is null or built_at is not null)
);
