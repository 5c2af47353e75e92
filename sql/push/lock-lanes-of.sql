-- Lanes of operations, locked in order: nobody claims for them until this transaction ends.
select l.id from pointferry.lane l
where l.id in (select o.lane from pointferry.operation o where o.id = any (:operations::bigint[]))
order by l.id
for update of l
