-- An operation that was never applied gets what the rows hold now. `replaces` is other content: a new
-- revision, and the rows that were there first are replaced (they are in its bucket, and become duplicate
-- once it is accepted). `revives` is the same operation again: a new revision only if what will be sent
-- changed, else the same key.
with changed as (
  update pointferry.operation l
  set run = :run, pipeline = :pipeline, file = o.file, record = o.record, file_place = o.place, run_seq = :run_seq,
      subject = o.subject, lane = o.lane, member_key = o.member_key, member_key_type = :key_type, version_at = o.version_at,
      revision = o.revision,
      key = case when :nature = 'event' then pointferry.idempotency_key(:account, :kind, l.identity, o.revision)
                 when o.subject is not null then pointferry.idempotency_key(:account, :kind,
                   pointferry.state_thing(o.subject, o.version_at, :run_seq, o.place, o.record), o.revision) end,
      content = o.content, content_recipe = :recipe, payload = o.payload, value = o.value,
      state = case when o.subject is null then 'parked' else 'ready' end,
      parked_at = case when o.subject is null then clock_timestamp() end,
      park_until = case when o.subject is null then clock_timestamp() + :park_for::interval end,
      attempts = 0, resends = 0, doubt_since = null, next_at = '-infinity', sent_at = null, settled_at = null, settled_by = null,
      code = null, field = null, reason = null, http_status = null, platform_code = null, platform_id = null, request_id = null
  from (
    select n.*, (select lane.id from pointferry.lane lane where lane.account = :account and lane.subject_type = :subject_type and lane.subject = n.subject) as lane,
           p.revision + case when n.decision = 'replaces' or p.payload is distinct from n.payload or p.subject is distinct from n.subject then 1 else 0 end as revision
    from run_operations n
    join pointferry.operation p on p.id = n.met
    where n.file = :file and n.record > :after and (:until::bigint is null or n.record <= :until) and n.decision in ('replaces', 'revives')
  ) o
  where l.id = o.met
  returning l.id, l.kind, o.decision
), forgotten as (
  -- retries that ran out may have been applied after all: no later refusal makes what was accepted before hold again
  update pointferry.accepted a set forgotten_by = 0
  from changed where :nature = 'state' and a.kind = changed.kind and a.forgotten_by = changed.id
    and a.lane in (select m.met_lane from run_operations m where m.met = changed.id)
)
update pointferry.row r set replaced = true, changed_at = clock_timestamp()
from changed where changed.decision = 'replaces' and r.operation = changed.id and r.role = 'carries'
