-- Lanes of owners that are certainly out of the way become ours, with what is in flight on them: an attempt
-- that is open, or an operation that was being sent, is in doubt from now on; one that was only claimed is
-- free again. The term of a doubt begins anew, since nobody could work on it meanwhile. `deadline_ms`: the
-- longest that any request of it was given which may have been applied.
-- nullable: deadline_ms
with taken as (
  select lane.id as lane, lane.in_flight as operation, op.state, op.revision
  from pointferry.lane
  join pointferry.operation op on op.id = lane.in_flight
  where lane.account = :account and lane.token = any (:dead::bigint[]) and op.kind = any (:kinds::text[])
  order by lane.id
  for update of lane
), interrupted as (
  update pointferry.attempt
  set outcome = 'doubt', ended_at = clock_timestamp(), reason = 'its sender died'
  from taken where attempt.operation = taken.operation and attempt.outcome is null
  returning attempt.operation
), doubted as (
  update pointferry.operation op
  set state = 'in_doubt', doubt_since = clock_timestamp(), resends = 0, next_at = '-infinity',
      attempts = op.attempts + (op.id in (select operation from interrupted))::integer,
      -- a person's retry is good for one request, and that one may have left
      retry_by = case when op.id in (select operation from interrupted) then null else op.retry_by end
  from taken
  where op.id = taken.operation and taken.state in ('sending', 'in_doubt')
)
update pointferry.lane
set token = case when taken.state in ('sending', 'in_doubt') then :token::bigint end,
    in_flight = case when taken.state in ('sending', 'in_doubt') then lane.in_flight end
from taken where lane.id = taken.lane
returning lane.in_flight as operation, (
  select max(attempt.deadline_ms) from pointferry.attempt
  where attempt.operation = taken.operation and attempt.revision = taken.revision
    and (attempt.outcome is null or attempt.outcome = 'doubt')
) as deadline_ms
