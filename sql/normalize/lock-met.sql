-- Locks what will be changed: its lane first, as a claim does, then the operation. From then on no process
-- sends it.
with lanes as (
  select lane.id from pointferry.lane lane
  where lane.id in (select o.met_lane from run_operations o
                    where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
                      and o.decision in ('replaces', 'revives'))
  order by lane.id
  for update
)
select l.id from pointferry.operation l
where l.id in (select o.met from run_operations o
               where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
                 and o.decision in ('replaces', 'revives'))
  and (select count(*) from lanes) >= 0
order by l.id
for update
