-- Lanes beyond :after with something ready, one index descent each (loose index scan over operation_ready): a
-- lane with ten thousand operations costs as much as one with a single operation, and settled ones cost
-- nothing.
-- not null: lane
with recursive walk as (
  select wanted.run, found.lane, 1 as n
  from unnest(:runs::text[]) as wanted (run)
  cross join lateral (
    select op.lane from pointferry.operation op
    where op.state = 'ready' and op.run = wanted.run and op.lane > :after order by op.lane limit 1
  ) found
  union all
  select walk.run, found.lane, walk.n + 1
  from walk
  cross join lateral (
    select op.lane from pointferry.operation op
    where op.state = 'ready' and op.run = walk.run and op.lane > walk.lane order by op.lane limit 1
  ) found
  where walk.n < :most
)
select distinct lane from walk order by lane limit :most
