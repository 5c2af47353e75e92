-- Numbers. `number_text` takes the decoration off a written number and gives plain digits, or something that is no
-- plain number; `decimal_of` then reads the plain form alone. Shape first, then the cast: `numeric` itself would take
-- NaN, Infinity, 1e5, 0x1F and 1_000, and `numeric(p,s)` rounds in silence.
-- Lengths are asked apart: a bounded repetition such as {1,60} makes the test five times as dear.
-- All constants come from the pipeline, so that the planner folds the patterns.

create or replace function pointferry.decimal_of(t text) returns numeric
language sql immutable parallel safe as $$
  select case when t ~ '^[+-]?[0-9]+(\.[0-9]+)?$' and length(t) <= 100 then t::numeric end
$$;

create or replace function pointferry.integer_of(t text) returns bigint
language sql immutable parallel safe as $$
  select case when t ~ '^[+-]?[0-9]+$' and length(t) <= 18 then t::bigint end
$$;

-- A currency sign (or the stated word) before or after the number, on either side of the minus.
create or replace function pointferry.without_currency(t text, sign text) returns text
language sql immutable parallel safe as $$
  select regexp_replace(t collate pointferry.letters, '^([+-]?)\s*(?:' || sign || ')\s*([+-]?)|\s*(?:' || sign || ')$', '\1\2')
$$;

-- (12.50) is -12.50; (-12.50) is nothing.
create or replace function pointferry.without_parentheses(t text) returns text
language sql immutable parallel safe as $$
  select regexp_replace(t collate pointferry.letters, '^\(\s*([^-+()]*?)\s*\)$', '-\1')
$$;

-- Groups of exactly three digits lose their separator; any other place of it keeps it, and the shape test refuses it.
-- `group` is the separator as a pattern (regular expression), e.g. '\.' or ','.
create or replace function pointferry.without_groups(t text, separator text, decimal_sign text) returns text
language sql immutable parallel safe as $$
  select case when t ~ ('^[+-]?[0-9]{1,3}(' || separator || '[0-9]{3})+(' || decimal_sign || '[0-9]+)?$')
    then regexp_replace(t, separator, '', 'g') else t end
$$;

-- Decimal comma. A point in such a number is a fault: it becomes a letter that the shape test refuses.
create or replace function pointferry.with_point(t text) returns text
language sql immutable parallel safe as $$
  select translate(t, ',.', '.x')
$$;
