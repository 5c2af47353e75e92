-- Rows that a run reports as delivered, in the order of their files: what success.csv holds. A state has no identity of
-- its own; the key it was sent under names it.
select b.file, b.record, coalesce(o.identity, o.key) as identity, o.platform_id
from pointferry.row_fault b
join pointferry.file f on f.id = b.file
join pointferry.operation o on o.id = b.operation
where b.run = :run and b.bucket = 'delivered'
order by f.place, b.file, b.record
