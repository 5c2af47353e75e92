insert into pointferry.normalize_progress (run, file, rows_at) values (:run, :file, clock_timestamp())
on conflict (run, file) do update set rows_at = excluded.rows_at
