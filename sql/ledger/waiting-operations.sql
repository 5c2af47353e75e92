-- How much there is to push, for the display, and what earlier parts of the run had settled by a request, for its threshold.
select count(*) filter (where state in ('ready', 'sending', 'in_doubt'))::int as total,
       count(*) filter (where state = 'parked')::int as parked,
       count(*) filter (where state = 'failed')::int as failed,
       count(*) filter (where state in ('delivered', 'failed', 'unknown'))::int as answered
  from pointferry.operation where run = :run
