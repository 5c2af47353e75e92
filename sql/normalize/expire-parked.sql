-- Rejects parked rows whose term has passed.
update pointferry.operation o
set state = 'rejected', settled_at = clock_timestamp(), settled_by = :by, code = 'NORMALIZE_MEMBER_UNKNOWN', field = :field,
    reason = 'not in the crosswalk until its term ended'
where o.id in (
  select p.id from pointferry.operation p
  where p.state = 'parked' and p.account = :account and p.pipeline = :pipeline and p.park_until <= clock_timestamp()
    and not exists (select from pointferry.crosswalk x where x.account = p.account and x.key_type = p.member_key_type and x.key = p.member_key)
  order by p.id
  limit :limit
  for update skip locked
)
returning o.run
