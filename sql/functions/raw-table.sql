-- The name of a raw table if the table is there, else null: a table may have been cleaned up, or dropped by hand. What the ledger
-- says of its rows stands all the same; only their cells are gone.
create or replace function pointferry.raw_table_there(raw_table text) returns text
language sql stable as $$
  select case when to_regclass('pointferry_staging.' || quote_ident(raw_table)) is not null then raw_table end
$$;
