-- Several operations of one run with one identity. If their content is the same, the later ones join the
-- first by what they meet in the ledger. If it differs, nothing shows which is right, and all are rejected.
with twins as (
  select identity, min(content) <> max(content) as differ, (array_agg(record order by place, record))[1:5] as records
  from run_operations
  where status = 'ok' and identity is not null
  group by identity
  having count(*) > 1
)
update run_operations o
set status = 'rejected', payload = null,
    faults = coalesce(o.faults, '{}') || pointferry.fault('NORMALIZE_IDENTITY_CONFLICT', '', :columns, o.identity,
      'records ' || array_to_string(t.records, ', ') || ' have this identity and differ')
from twins t
where t.differ and o.identity = t.identity and o.status = 'ok'
