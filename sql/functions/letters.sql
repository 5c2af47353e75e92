-- All that depends on what a letter, a blank or a digit is: by our own collation, never by the locale of the database.
-- Nothing else of ours may call lower, upper, or a regular expression with \s, \w, \d, (?i) or a class in [: :] (a test looks).
-- The results have the database's collation again: an index of the ledger fits no other.

create or replace function pointferry.lower_of(t text) returns text
language sql immutable parallel safe as $$
  select lower(t collate pointferry.letters)
$$;

create or replace function pointferry.upper_of(t text) returns text
language sql immutable parallel safe as $$
  select upper(t collate pointferry.letters)
$$;

create or replace function pointferry.matches(t text, pattern text) returns boolean
language sql immutable parallel safe as $$
  select t collate pointferry.letters ~ pattern
$$;

-- Every place where the pattern fits.
create or replace function pointferry.replaced(t text, pattern text, by text) returns text
language sql immutable parallel safe as $$
  select regexp_replace(t collate pointferry.letters, pattern, by, 'g')
$$;

-- What the brackets of the pattern hold.
create or replace function pointferry.captured(t text, pattern text) returns text[]
language sql immutable parallel safe as $$
  select regexp_match(t collate pointferry.letters, pattern)
$$;
