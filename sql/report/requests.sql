-- Requests that left on behalf of a run. `sending` is the time in which it was sending, pauses of more than 10 s left
-- out, so that a night between a kill and its resume does not count.
-- nullable: p50, p99
select count(*) as sent, count(*) filter (where n > 1) as retried, count(*) filter (where outcome = 'throttled') as throttled,
       percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.99) within group (order by ms) as p99,
       coalesce(sum(least(extract(epoch from gap), 10)) filter (where gap is not null), 0)::double precision as sending
from (select row_number() over (partition by operation, revision order by n) as n, outcome, ms, at - lag(at) over (order by at) as gap
      from pointferry.attempt, lateral (select coalesce(ended_at - make_interval(secs => ms / 1000), intended_at) as at) t
      where run = :run and coalesce(outcome, '') <> 'not_sent') a
