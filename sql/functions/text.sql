-- E-mail: a shape that every address has, not a proof that it exists. 254 characters (RFC 5321 4.5.3.1.3).
create or replace function pointferry.email_of(t text) returns text
language sql immutable parallel safe as $$
  select case when length(t) <= 254 and pointferry.matches(t, '^[^[:space:]@<>(),;:"\\]{1,64}@[^[:space:]@<>(),;:"\\]+\.[^[:space:]@<>(),;:"\\.]{2,}$')
    then t end
$$;

-- A phone number as digits alone: blanks, dashes, dots, brackets and a leading plus taken off.
create or replace function pointferry.phone_digits_of(t text) returns text
language sql immutable parallel safe as $$
  select case when t ~ '^[+]?[0-9 ()./-]+$' then nullif(regexp_replace(t, '[^0-9]', '', 'g'), '') end
$$;

-- JSON of a cell. `pg_input_is_valid` looks at what `jsonb` can hold (no \u0000, no lone surrogates) and never raises; it is
-- called stable because some types depend on settings, jsonb's input does not.
create or replace function pointferry.json_of(t text) returns jsonb
language plpgsql immutable parallel safe as $$
begin
  if pg_input_is_valid(t, 'jsonb') then return t::jsonb; end if;
  return null;
end
$$;
