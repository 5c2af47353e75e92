-- Lanes of ours that this process does not know to hold: an answer of Postgres was lost on the way. Nothing was sent for
-- them, since everything that left has been settled before this is asked: intents are closed as not sent. Of a ledger that
-- went back (`behind`) that is not true: it has forgotten settlements, and what it calls under way may have been applied.
with mine as (
  select l.id as lane, l.in_flight as operation, o.kind, o.state,
         o.state = 'ready' or (o.state = 'sending' and not :behind::boolean) as unsent
  from pointferry.lane l
  join pointferry.operation o on o.id = l.in_flight
  where l.account = :account and l.token = :token and not (l.in_flight = any (:kept::bigint[]))
  order by l.id
  for update of l
), closed as (
  update pointferry.attempt a
  set outcome = case when m.unsent then 'not_sent' else 'doubt' end, ended_at = clock_timestamp(),
      reason = case when m.unsent then 'the database was away' else 'the ledger went back' end
  from mine m where a.operation = m.operation and a.outcome is null
  returning a.operation, a.outcome
), used as (
  -- a person's retry is good for one request, and that one may have left
  update pointferry.operation o set retry_by = null
  from closed c
  where o.id = c.operation and c.outcome = 'doubt' and o.state <> 'sending' and o.retry_by is not null
), moved as (
  update pointferry.operation o
  set state = case when m.unsent then 'ready' else 'in_doubt' end,
      doubt_since = case when m.unsent then o.doubt_since else clock_timestamp() end,
      retry_by = case when m.unsent then o.retry_by end
  from mine m where o.id = m.operation and o.state = 'sending'
), recalled as (
  update pointferry.accepted a set forgotten_by = null
  from mine m
  where m.unsent and m.state = 'sending' and a.lane = m.lane and a.kind = m.kind and a.forgotten_by = m.operation
)
update pointferry.lane l set in_flight = null, token = null
from mine m where l.id = m.lane and m.unsent
