-- A rerun is of the runs that read its rows, even if another rerun was named.
update pointferry.run set stage = 'normalize', of = (
  select array_agg(distinct f.run) from pointferry.rerun_row t join pointferry.file f on f.id = t.file where t.run = :rerun)
where id = :rerun
returning of
