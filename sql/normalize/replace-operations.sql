-- The correction becomes the operation, under a new revision and so a new key. The rows that were there first join: they stand in
-- its bucket, and are duplicate once it is accepted.
with replaced as (
  update pointferry.operation l
  set run = :run, run_seq = :run_seq, pipeline = :pipeline, file = o.file, record = o.record, file_place = o.place,
      subject = o.subject, lane = n.id, member_key = o.member_key, member_key_type = :key_type, version_at = o.version_at,
      revision = l.revision + 1, key = pointferry.idempotency_key(:account, :kind, o.identity, l.revision + 1),
      content = o.content, content_recipe = :recipe, payload = o.payload, value = o.value,
      state = case when o.subject is null then 'parked' else 'ready' end,
      parked_at = case when o.subject is null then clock_timestamp() end,
      park_until = case when o.subject is null then clock_timestamp() + :park_for::interval end,
      attempts = 0, resends = 0, doubt_since = null, next_at = '-infinity', sent_at = null, settled_at = null, settled_by = null,
      code = null, field = null, reason = null, http_status = null, platform_code = null, platform_id = null, request_id = null
  from run_operations o
  left join pointferry.lane n on n.account = :account and n.subject_type = :subject_type and n.subject = o.subject
  where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.decision = 'replaces' and l.id = o.met
  returning l.id
)
update pointferry.row r set role = 'joins', changed_at = clock_timestamp()
from replaced where r.operation = replaced.id and r.role = 'carries'
