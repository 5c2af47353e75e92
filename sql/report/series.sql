-- Requests of a run over time, in at most so many steps: how many left, how many were refused or failed, and how long
-- they took. A request left its answer's time before it was settled; its intent is older, since slots are booked ahead.
-- In flight on average is time spent waiting for answers over time passed.
-- nullable: p50, p99
with sent as (
  select at, outcome, ms, extract(epoch from at - min(at) over ()) as second
  from pointferry.attempt, lateral (select coalesce(ended_at - make_interval(secs => ms / 1000), intended_at) as at) t
  where run = :run and coalesce(outcome, '') <> 'not_sent'
)
select floor(second / :step)::integer as step, count(*) as sent, count(*) filter (where outcome = 'throttled') as throttled,
       count(*) filter (where outcome in ('failed', 'transient', 'doubt')) as failed,
       percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.99) within group (order by ms) as p99,
       coalesce(sum(ms), 0) / 1000 / :step as in_flight
from sent
group by 1
order by 1
