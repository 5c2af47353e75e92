-- From the first request of a run to the last one.
-- nullable: first, last
select min(coalesce(ended_at - make_interval(secs => ms / 1000), intended_at)) as first, max(coalesce(ended_at - make_interval(secs => ms / 1000), intended_at)) as last
from pointferry.attempt
where run = :run and coalesce(outcome, '') <> 'not_sent'
