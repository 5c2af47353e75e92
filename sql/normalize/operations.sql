-- Inserts new operations. The first of several with one identity is the first in the file; only the unique
-- index decides. Returns how many were to be inserted and how many were.
with wanted as (
  select o.*, (select l.id from pointferry.lane l where l.account = :account and l.subject_type = :subject_type and l.subject = o.subject) as lane
  from run_operations o
  where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until) and o.status = 'ok' and o.met is null
), made as (
  insert into pointferry.operation (id, account, kind, nature, pipeline, run, file, record, identity, subject, lane, member_key,
    member_key_type, version_at, run_seq, file_place, revision, key, content, content_recipe, payload, value, state, parked_at, park_until)
  overriding system value
  select o.id, :account, :kind, :nature, :pipeline, :run, o.file, o.record, o.identity, o.subject, o.lane, o.member_key,
    :key_type, o.version_at, :run_seq, o.place, 0,
    case when :nature = 'event' then pointferry.idempotency_key(:account, :kind, o.identity, 0)
         when o.subject is not null then pointferry.idempotency_key(:account, :kind,
           pointferry.state_thing(o.subject, o.version_at, :run_seq, o.place, o.record), 0) end,
    o.content, :recipe, o.payload, o.value,
    case when o.subject is null then 'parked' else 'ready' end,
    case when o.subject is null then clock_timestamp() end,
    case when o.subject is null then clock_timestamp() + :park_for::interval end
  from wanted o
  order by o.identity, o.place, o.record
  on conflict do nothing
  returning id
)
select (select count(*) from wanted) as wanted, (select count(*) from made) as made
