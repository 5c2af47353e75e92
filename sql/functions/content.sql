-- Frozen recipes. A change here would make every event of history look changed, or be sent again under a new key:
-- never edit, add a new version beside. test/normalize/golden.test.ts holds them.

-- One piece of hashed text: its length in bytes, a colon, itself; '-' for nothing. Pieces put together stay apart.
create or replace function pointferry.piece(t text) returns text
language sql immutable parallel safe as $$
  select coalesce(octet_length(t)::text || ':' || t, '-')
$$;

-- 128 bits of SHA-256, in hex. Stable, as convert_to is: an immutable one is not inlined.
create or replace function pointferry.digest(t text) returns text
language sql stable parallel safe as $$
  select left(encode(sha256(convert_to(t, 'UTF8')), 'hex'), 32)
$$;

-- Idempotency key, recipe v1. `thing`: an event's identity, or a state's subject and version (`state_thing`).
create or replace function pointferry.idempotency_key(account text, kind text, thing text, revision integer) returns text
language sql stable parallel safe as $$
  select pointferry.digest('pointferry key v1' || pointferry.piece(account) || pointferry.piece(kind)
    || pointferry.piece(thing) || pointferry.piece(revision::text))
$$;

create or replace function pointferry.state_thing(subject text, version_at timestamptz, run_seq bigint, file_place integer,
  record bigint) returns text
language sql stable parallel safe as $$
  select pointferry.piece(subject) || pointferry.piece(pointferry.instant_text(version_at)) || pointferry.piece(run_seq::text)
    || pointferry.piece(file_place::text) || pointferry.piece(record::text)
$$;
