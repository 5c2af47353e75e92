-- Yes and no words as the pipeline states them, compared without case. `boolean` itself would take 'tru'.
create or replace function pointferry.boolean_of(t text, yes text[], no text[]) returns boolean
language sql immutable parallel safe as $$
  select case when pointferry.lower_of(t) = any (yes) then true when pointferry.lower_of(t) = any (no) then false end
$$;
