-- From the first request of a run to the last one.
select min(intended_at) as first, max(intended_at) as last
from pointferry.attempt
where run = :run and coalesce(outcome, '') <> 'not_sent' and purpose <> 'look_up'
