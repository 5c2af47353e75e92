-- Written before the rows, so that two processes on one file wait for each other; the later one finds the mark and stops.
insert into pointferry.normalize_progress (run, file, rows_at) values (:run, :file, clock_timestamp())
on conflict (run, file) do nothing
returning file
