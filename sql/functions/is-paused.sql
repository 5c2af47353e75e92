-- Does a pause hold? One that a platform asked for is a quarter of an hour at most: one that seems to end hours ahead was
-- noted by a clock that has been set back since. A person's lasts as long as the person said.
create or replace function pointferry.is_paused(until timestamptz, by text) returns boolean
language sql volatile as $$
  select coalesce(until > clock_timestamp() and (by is distinct from 'platform' or until < clock_timestamp() + interval '1 hour'), false)
$$;
