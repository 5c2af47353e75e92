-- How many requests took how long: counts per step of 1, 2, 5, 10, ... ms; the last step has no end.
select width_bucket(ms, :bounds::double precision[]) as step, count(*) as requests
from pointferry.attempt
where run = :run and ms is not null
group by 1
