-- Lanes of operations, locked in order: nobody claims for them until this transaction ends.
select lane.id from pointferry.lane
where lane.id in (select op.lane from pointferry.operation op where op.id = any (:operations::bigint[]))
order by lane.id
for update of lane
