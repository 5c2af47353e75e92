-- What people decide about rows of finished runs: an unknown outcome is settled, a rejected or failed row is rerun.

-- A person said: send it once more, under the same key. Until that request has an answer, what the platform may have
-- forgotten is no reason against sending; afterwards it is judged like any other doubt.
alter table pointferry.operation add column retry_by text;

-- How a row stood when a rerun took it, since the row itself only says how it stands now: {"bucket", "operation", "faults"}.
alter table pointferry.rerun_row add column was jsonb not null default '{}';

-- `replaced` is said of a row as soon as a corrected version takes its place in the operation; until that one is accepted,
-- the row stands where the operation stands.
create or replace function pointferry.bucket_of(role text, replaced boolean, operation_state text) returns text
language sql immutable parallel safe as $$
  select case
    when role in ('rejected', 'filtered') then role
    when operation_state = 'delivered' then case when role = 'carries' and not replaced then 'delivered' else 'duplicate' end
    when operation_state = 'unchanged' then case when role = 'carries' and not replaced then 'unchanged' else 'duplicate' end
    when operation_state = 'superseded' then 'duplicate'
    when operation_state in ('failed', 'unknown', 'rejected', 'parked') then operation_state
    else 'pending'
  end
$$;
