-- Operations in doubt on our lanes, due, with what settling them needs. Late answers are read first, each as
-- evidence of the one attempt that it answers: that it was applied ends the doubt, that it was not leaves the
-- other attempts in doubt.
-- nullable: since_sent_ms, late_outcome, late_status, late_reason
-- not null: lane, subject, key
select
  op.id as operation, op.lane, op.kind, op.run, op.subject, op.key, op.payload::text as payload,
  op.nature, op.attempts, op.resends,
  (extract(epoch from clock_timestamp() - op.doubt_since) * 1000)::float8 as doubt_ms,
  (extract(epoch from clock_timestamp() - arrived.at) * 1000)::float8 as since_sent_ms,
  op.retry_by is not null as retry,
  op.attempts + op.resends > 0
    and op.next_at > clock_timestamp() - make_interval(secs => :patience_ms::float8 / 1000) as budgeted,
  late.outcome as late_outcome, late.http_status as late_status, late.reason as late_reason,
  coalesce(arrived.unapplied, false) as unapplied,
  coalesce(arrived.ours, false) as ours,
  case when op.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', known.field, 'hash', known.value_hash, 'forgotten', known.forgotten_by is not null,
      'newer', (known.version_at, known.run_seq, known.file_place, known.record)
        > (op.version_at, op.run_seq, op.file_place, op.record)))
    from pointferry.accepted known where known.lane = op.lane and known.kind = op.kind), '[]')
  end as accepted
from pointferry.lane
join pointferry.operation op on op.id = lane.in_flight
left join lateral (
  select la.outcome, la.http_status, la.reason
  from pointferry.attempt
  join pointferry.late_answer la on la.attempt = attempt.id and la.token = attempt.token
  where attempt.operation = op.id and attempt.revision = op.revision and la.outcome <> 'doubt'
  order by la.outcome = 'delivered' desc, la.id desc limit 1
) late on true
left join lateral (
  -- Requests that may have arrived. Since the first of them the key is remembered, not since one that a pause
  -- held back.
  select min(attempt.intended_at) as at,
         bool_and(attempt.token = :token) as ours,
         bool_and(exists (
           select from pointferry.late_answer la
           where la.attempt = attempt.id and la.token = attempt.token
             and la.outcome not in ('doubt', 'delivered'))) as unapplied
  from pointferry.attempt
  where attempt.operation = op.id and attempt.revision = op.revision
    and (attempt.outcome is null or attempt.outcome = 'doubt')
) arrived on true
where lane.token = :token and lane.account = :account and op.state = 'in_doubt'
  and (op.next_at <= clock_timestamp()
    or op.next_at >= clock_timestamp() + make_interval(secs => :far_ms::float8 / 1000))
  and not (op.id = any (:busy::bigint[]))
order by op.doubt_since, op.id
limit :most
