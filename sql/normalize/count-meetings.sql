-- The same question asked beforehand, for the threshold: rows whose event would be refused for what the ledger holds.
select coalesce(sum(o.size), 0) as conflicts
from run_operations o
join pointferry.operation l on l.nature = 'event' and l.account = :account and l.kind = :kind and l.identity = o.identity and l.id <> o.id
join pointferry.file f on f.id = o.file
where o.status = 'ok'
  and pointferry.meeting(l.state, l.content = o.content, l.file = f.correction_of) in ('changed', 'conflict')
