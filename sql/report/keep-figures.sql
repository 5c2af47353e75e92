-- The newest snapshot wins, whoever writes last.
insert into pointferry.run_figures (run, as_of, figures) values (:run, :as_of, :figures)
on conflict (run) do update set as_of = excluded.as_of, figures = excluded.figures
where pointferry.run_figures.as_of <= excluded.as_of
