-- One value inside a JSON item, against what the kind declares for it. Gives {"value": text} or {"code", "reason"}; nothing for null.
create or replace function pointferry.shaped_value(v jsonb, declared jsonb) returns jsonb
language plpgsql stable parallel safe as $$
declare
  t text := v #>> '{}';
  good boolean;
begin
  if jsonb_typeof(v) in ('object', 'array') then return jsonb_build_object('code', 'NORMALIZE_NOT_JSON'); end if;
  case declared->>'type'
    when 'date' then
      good := t ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and pointferry.date_of(substr(t, 1, 4)::integer, substr(t, 6, 2)::integer, substr(t, 9, 2)::integer) is not null;
      if not good then return jsonb_build_object('code', 'NORMALIZE_NOT_A_DATE'); end if;
    when 'decimal' then
      if pointferry.decimal_of(t) is null then return jsonb_build_object('code', 'NORMALIZE_NOT_A_NUMBER'); end if;
    when 'integer' then
      if pointferry.integer_of(t) is null then return jsonb_build_object('code', 'NORMALIZE_NOT_A_NUMBER'); end if;
    when 'boolean' then
      if t not in ('true', 'false') then return jsonb_build_object('code', 'NORMALIZE_NOT_A_BOOLEAN'); end if;
    when 'email' then
      if pointferry.email_of(t) is null then return jsonb_build_object('code', 'NORMALIZE_NOT_AN_EMAIL'); end if;
    else null;
  end case;
  if declared ? 'values' and not (declared->'values') ? t then return jsonb_build_object('code', 'NORMALIZE_NOT_IN_LIST'); end if;
  if length(t) > (declared->>'maxLength')::integer then return jsonb_build_object('code', 'NORMALIZE_TOO_LONG'); end if;
  if length(t) < (declared->>'minLength')::integer then return jsonb_build_object('code', 'NORMALIZE_TOO_SHORT'); end if;
  return jsonb_build_object('value', t);
end
$$;

-- A cell that holds a list of items or (declared null) a dictionary. Gives {"value": …} with items' scalars as text and empty
-- ones left out, or {"code": …}: the first thing that is wrong.
create or replace function pointferry.shaped_json(v jsonb, declared jsonb) returns jsonb
language plpgsql stable parallel safe as $$
declare
  item jsonb;
  made jsonb;
  items jsonb := '[]';
  name text;
  one jsonb;
begin
  if v is null then return jsonb_build_object('code', 'NORMALIZE_NOT_JSON'); end if;
  if declared is null then
    return case when jsonb_typeof(v) = 'object' then jsonb_build_object('value', v) else jsonb_build_object('code', 'NORMALIZE_NOT_JSON') end;
  end if;
  if jsonb_typeof(v) <> 'array' then return jsonb_build_object('code', 'NORMALIZE_NOT_JSON'); end if;
  for item in select jsonb_array_elements(v) loop
    if jsonb_typeof(item) <> 'object' then return jsonb_build_object('code', 'NORMALIZE_NOT_JSON'); end if;
    made := '{}';
    for name in select jsonb_object_keys(item) loop
      if not declared ? name then return jsonb_build_object('code', 'NORMALIZE_NOT_JSON'); end if;
      continue when item->name = 'null' or item->name = '""';
      one := pointferry.shaped_value(item->name, declared->name);
      if one ? 'code' then return one; end if;
      made := made || jsonb_build_object(name, one->'value');
    end loop;
    if exists (select from jsonb_each(declared) d where (d.value->>'required')::boolean and not made ? d.key) then
      return jsonb_build_object('code', 'NORMALIZE_REQUIRED');
    end if;
    items := items || jsonb_build_array(made);
  end loop;
  return jsonb_build_object('value', items);
end
$$;
