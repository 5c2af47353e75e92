-- What people have made of a row by now: the edits of all reruns that took it, later ones over earlier ones. Column of the file (as
-- its header has it) -> cell; `_raw` for a record that could not be parsed. null: nobody edited it.
create or replace function pointferry.edits_of(of_file bigint, of_record bigint) returns jsonb
language sql stable as $$
  select jsonb_object_agg(e.key, e.value order by r.seq)
  from pointferry.rerun_row t
  join pointferry.run r on r.id = t.run
  cross join jsonb_each(t.edits) e
  where t.file = of_file and t.record = of_record
$$;
