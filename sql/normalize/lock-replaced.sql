-- A correction takes the place of an operation that was never applied. Its lane first, as a claim does, then itself: from here on
-- nobody sends it.
with lanes as (
  select lane.id from pointferry.lane lane
  where lane.id in (select o.met_lane from run_operations o
                    where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.decision = 'replaces')
  order by lane.id
  for update
)
select l.id from pointferry.operation l
where l.id in (select o.met from run_operations o
               where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.decision = 'replaces')
  and (select count(*) from lanes) >= 0
order by l.id
for update
