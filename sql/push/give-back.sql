-- Lanes of ours that this process does not know to hold: an answer of Postgres was lost on the way. Nothing
-- was sent for them, since everything that left has been settled before this is asked: intents are closed as
-- not sent. Of a ledger that went back (`behind`) that is not true: it has forgotten settlements, and what it
-- calls under way may have been applied.
with mine as (
  select lane.id as lane, lane.in_flight as operation, op.kind, op.state,
         op.state = 'ready' or (op.state = 'sending' and not :behind::boolean) as unsent
  from pointferry.lane
  join pointferry.operation op on op.id = lane.in_flight
  where lane.account = :account and lane.token = :token and not (lane.in_flight = any (:kept::bigint[]))
  order by lane.id
  for update of lane
), closed as (
  update pointferry.attempt
  set outcome = case when mine.unsent then 'not_sent' else 'doubt' end, ended_at = clock_timestamp(),
      reason = case when mine.unsent then 'the database was away' else 'the ledger went back' end
  from mine where attempt.operation = mine.operation and attempt.outcome is null
  returning attempt.operation, attempt.outcome
), used as (
  -- a person's retry is good for one request, and that one may have left
  update pointferry.operation op set retry_by = null
  from closed
  where op.id = closed.operation and closed.outcome = 'doubt'
    and op.state <> 'sending' and op.retry_by is not null
), moved as (
  update pointferry.operation op
  set state = case when mine.unsent then 'ready' else 'in_doubt' end,
      doubt_since = case when mine.unsent then op.doubt_since else clock_timestamp() end,
      retry_by = case when mine.unsent then op.retry_by end
  from mine where op.id = mine.operation and op.state = 'sending'
), recalled as (
  update pointferry.accepted known set forgotten_by = null
  from mine
  where mine.unsent and mine.state = 'sending' and known.lane = mine.lane and known.kind = mine.kind
    and known.forgotten_by = mine.operation
)
update pointferry.lane set in_flight = null, token = null
from mine where lane.id = mine.lane and mine.unsent
