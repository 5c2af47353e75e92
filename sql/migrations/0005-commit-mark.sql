-- One row per connection, written last in a transaction whose commit must be known to have happened: where the answer to
-- COMMIT is lost, the row tells. pg_xact_status cannot: a server that crashed before the transaction reached its disk gives
-- the same transaction id to another one, and reports that one's outcome.
create table pointferry.commit_mark (
  slot  uuid primary key,
  token uuid,                                -- of the last transaction; null: asked for before any was committed
  at    timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
