-- Runs that nobody goes on with any more, and rows that nobody mends: a person gives them up, by name and with a note. Rows keep
-- their buckets and the books are as they were; what is given up counts no more in `status` and exit codes.
alter table pointferry.run
  -- In force while it is younger than the run's end: a run that is taken up again ends anew, and is open again.
  add column dismissed_at timestamptz,
  add column dismissed_by text,
  add column dismissed_note text,
  -- Its rows were moved by another run or a person, and its files do not say so yet. A death before they do is mended by the next.
  add column files_due timestamptz,
  add constraint run_dismissed_check
    check (num_nulls(dismissed_at, dismissed_by, dismissed_note) in (0, 3));

-- Of a group, the rows that stood in it when it was given up; those that come to it later count.
alter table pointferry.error_group
  add column dismissed_at timestamptz,
  add column dismissed_by text,
  add column dismissed_note text,
  add constraint error_group_dismissed_check
    check (num_nulls(dismissed_at, dismissed_by, dismissed_note) in (0, 3));
