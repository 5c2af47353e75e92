-- Whose files say something of these operations: the runs that read their rows, and reruns that took them.
select r.id, r.folder from pointferry.run r
where r.id in (
  select f.run from pointferry.row w join pointferry.file f on f.id = w.file where w.operation = any (:operations::bigint[])
  union
  select t.run from pointferry.row w join pointferry.rerun_row t on t.file = w.file and t.record = w.record
  where w.operation = any (:operations::bigint[]))
order by r.seq
