-- Lanes of owners that are certainly out of the way become ours, with what is in flight on them: an attempt that is
-- open, or an operation that was being sent, is in doubt from now on; one that was only claimed is free again.
-- The term of a doubt begins anew, since nobody could work on it meanwhile. `deadline_ms`: the longest that any request of
-- it was given which may have been applied.
with taken as (
  select l.id as lane, l.in_flight as operation, o.state, o.revision
  from pointferry.lane l
  join pointferry.operation o on o.id = l.in_flight
  where l.account = :account and l.token = any (:dead::bigint[]) and o.kind = any (:kinds::text[])
  order by l.id
  for update of l
), interrupted as (
  update pointferry.attempt a
  set outcome = 'doubt', ended_at = clock_timestamp(), reason = 'its sender died'
  from taken t where a.operation = t.operation and a.outcome is null
  returning a.operation
), doubted as (
  update pointferry.operation o
  set state = 'in_doubt', doubt_since = clock_timestamp(), resends = 0, next_at = '-infinity',
      attempts = o.attempts + (o.id in (select operation from interrupted))::integer,
      -- a person's retry is good for one request, and that one may have left
      retry_by = case when o.id in (select operation from interrupted) then null else o.retry_by end
  from taken t
  where o.id = t.operation and t.state in ('sending', 'in_doubt')
)
update pointferry.lane l
set token = case when t.state in ('sending', 'in_doubt') then :token::bigint end,
    in_flight = case when t.state in ('sending', 'in_doubt') then l.in_flight end
from taken t where l.id = t.lane
returning l.in_flight as operation, (
  select max(a.deadline_ms) from pointferry.attempt a
  where a.operation = t.operation and a.revision = t.revision and (a.outcome is null or a.outcome = 'doubt')
) as deadline_ms
