-- The escape hatch of a pipeline: an expression over cells (the first, the second, …), evaluated for one row. Gives {value, null}, or
-- {null, error class} where it failed: an error costs its row, not the run. The message is left out: it would quote cells.
-- The expression names the cells `pointferry_cells`: a column, so that they bring our letters along (letters.sql).
create or replace function pointferry.raw_sql(expression text, cells text[]) returns text[]
language plpgsql stable as $$
declare
  value text;
begin
  execute 'select (' || expression || ')::text from (select $1 collate pointferry.letters) as given (pointferry_cells)' into value using cells;
  return array[value, null];
exception when others then
  return array[null, sqlstate];
end
$$;
