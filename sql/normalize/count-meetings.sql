-- For the threshold, before the ledger is written: rows whose event would be rejected because of what the
-- ledger holds.
select coalesce(sum(o.size), 0) as conflicts
from run_operations o
join (select id, pointferry.corrected_files(id) as corrects from pointferry.file where run = :run) f on f.id = o.file
cross join lateral (
  select l.id, case when l.retry_by is not null then 'in_doubt' else l.state end as state, l.content, l.file
  from pointferry.operation l
  where l.nature = 'event' and l.account = :account and l.kind = :kind and l.identity = o.identity
  offset 0
) l
where o.status = 'ok' and l.id <> o.id
  and pointferry.meeting(l.state, l.content = o.content, l.file = any (f.corrects)) in ('changed', 'conflict')
