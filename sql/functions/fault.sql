-- One fault of a row, before it becomes a line of row_error. `field`: the kind's fields, `columns`: source columns, both joined with +.
create or replace function pointferry.fault(code text, field text, columns text, value text, reason text) returns jsonb
language sql immutable parallel safe as $$
  select jsonb_build_object('code', code, 'field', field, 'columns', columns, 'value', value, 'reason', reason)
$$;

create or replace function pointferry.is_faulty(faults jsonb[], field text) returns boolean
language sql immutable parallel safe as $$
  select faults is not null and exists (select from unnest(faults) f where field = any (string_to_array(f->>'field', '+')))
$$;
