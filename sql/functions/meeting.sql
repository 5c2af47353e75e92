-- What an event meets under its identity in the ledger decides (docs/architecture.md#what-an-event-meets-under-its-identity). `state`: of the operation there;
-- `same`: the contents are equal; `corrects`: the file at hand is a correction of the file it came from. What a person
-- has said to send again was sent before, and is asked for as in doubt.
--   joins     its outcome is ours too
--   changed   it was sent, or may have been: other content can no longer be told to the platform
--   replaces  it was never applied: the correction takes its place under a new revision
--   conflict  it was never applied, and nobody said that ours is the right one
create or replace function pointferry.meeting(state text, same boolean, corrects boolean) returns text
language sql immutable parallel safe as $$
  select case
    when same then 'joins'
    when state in ('delivered', 'sending', 'in_doubt', 'unknown', 'unchanged', 'superseded') then 'changed'
    when corrects then 'replaces'
    else 'conflict'
  end
$$;

-- The faults of one rejected row, in the order in which they are shown.
create or replace function pointferry.faults_of_row(own jsonb[], operation jsonb[], bad_line bigint, decision text,
  columns text, identity text, value numeric, met_value numeric) returns jsonb[]
language sql immutable parallel safe as $$
  select case when cardinality(found) > 0 then found else array[
    pointferry.fault('NORMALIZE_GROUP_INCOMPLETE', '', '', null, 'the row at line ' || bad_line || ' of its group is rejected')] end
  from (select coalesce(own, '{}') || coalesce(operation, '{}') || case decision
    when 'changed' then array[pointferry.fault('NORMALIZE_CHANGED_AFTER_DELIVERY', '', columns, identity,
      'sent' || coalesce(' with ' || met_value, '') || ', now' || coalesce(' ' || value, ' with other content'))]
    when 'conflict' then array[pointferry.fault('NORMALIZE_IDENTITY_CONFLICT', '', columns, identity,
      'an earlier run has this identity' || coalesce(' with ' || met_value, '') || ' and has not sent it; now' || coalesce(' ' || value, ' with other content'))]
    else '{}' end as found) f
$$;

-- The files that a file corrects: the one before it, the one that one corrected, and so on.
create or replace function pointferry.corrected_files(of bigint) returns bigint[]
language sql stable as $$
  with recursive before(id) as (
    select correction_of from pointferry.file where id = of and correction_of is not null
    union
    select f.correction_of from before b join pointferry.file f on f.id = b.id where f.correction_of is not null
  )
  select coalesce(array_agg(id), '{}') from before
$$;

-- The same in a rerun, which a person asked for: what failed for good, or waited in vain, is tried again, and other content takes
-- the place of whatever was never applied.
create or replace function pointferry.meeting_again(state text, same boolean) returns text
language sql immutable parallel safe as $$
  select case
    when same and state in ('failed', 'rejected') then 'revives'
    when same then 'joins'
    when state in ('delivered', 'sending', 'in_doubt', 'unknown', 'unchanged', 'superseded') then 'changed'
    else 'replaces'
  end
$$;
