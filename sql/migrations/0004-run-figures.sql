-- What the files of a run said last: `status` and "against the usual" read many runs at once, and counting the rows of
-- each anew would take a scan of all of them. Rewritten with the files; the books themselves are always counted.
create table pointferry.run_figures (
  run     text primary key references pointferry.run,
  as_of   timestamptz not null,
  figures jsonb not null               -- {"rows": {...}, "amount": {...} | null, "seconds": {...}, "requests": {...}, "operations": {...}}
);
