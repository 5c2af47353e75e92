-- The escape hatch of a pipeline: an expression over cells ($1[1], $1[2], …), evaluated for one row. Gives {value, null}, or
-- {null, error class} where it failed: an error costs its row, not the run. The message is left out: it would quote cells.
create or replace function pointferry.raw_sql(expression text, cells text[]) returns text[]
language plpgsql stable as $$
declare
  value text;
begin
  execute 'select (' || expression || ')::text' into value using cells;
  return array[value, null];
exception when others then
  return array[null, sqlstate];
end
$$;
