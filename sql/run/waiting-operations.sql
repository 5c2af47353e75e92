-- How much there is to push, for the display.
select count(*) filter (where state in ('ready', 'sending', 'in_doubt'))::int as total,
       count(*) filter (where state = 'parked')::int as parked
  from pointferry.operation where run = :run
