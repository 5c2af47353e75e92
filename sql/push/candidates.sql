-- Lanes beyond :after with something ready, one index descent each (loose index scan over operation_ready): a lane
-- with ten thousand operations costs as much as one with a single operation, and settled ones cost nothing.
with recursive walk as (
  select r.run, f.lane, 1 as n
  from unnest(:runs::text[]) as r (run)
  cross join lateral (
    select o.lane from pointferry.operation o
    where o.state = 'ready' and o.run = r.run and o.lane > :after order by o.lane limit 1
  ) f
  union all
  select w.run, f.lane, w.n + 1
  from walk w
  cross join lateral (
    select o.lane from pointferry.operation o
    where o.state = 'ready' and o.run = w.run and o.lane > w.lane order by o.lane limit 1
  ) f
  where w.n < :most
)
select distinct lane from walk order by lane limit :most
