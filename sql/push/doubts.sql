-- Operations in doubt on our lanes, due, with what settling them needs. Late answers are read first, each as evidence of
-- the one attempt that it answers: that it was applied ends the doubt, that it was not leaves the other attempts in doubt.
select
  o.id as operation, o.lane, o.kind, o.run, o.subject, o.key, o.payload::text as payload, o.nature, o.attempts, o.resends,
  (extract(epoch from clock_timestamp() - o.doubt_since) * 1000)::float8 as doubt_ms,
  (extract(epoch from clock_timestamp() - arrived.at) * 1000)::float8 as since_sent_ms,
  o.retry_by is not null as retry,
  o.attempts + o.resends > 0 and o.next_at > clock_timestamp() - make_interval(secs => :patience_ms::float8 / 1000) as budgeted,
  late.outcome as late_outcome, late.http_status as late_status, late.reason as late_reason,
  coalesce(arrived.unapplied, false) as unapplied,
  case when o.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', a.field, 'hash', a.value_hash, 'forgotten', a.forgotten_by is not null,
      'newer', (a.version_at, a.run_seq, a.file_place, a.record) > (o.version_at, o.run_seq, o.file_place, o.record)))
    from pointferry.accepted a where a.lane = o.lane and a.kind = o.kind), '[]')
  end as accepted
from pointferry.lane l
join pointferry.operation o on o.id = l.in_flight
left join lateral (
  select la.outcome, la.http_status, la.reason
  from pointferry.attempt a join pointferry.late_answer la on la.attempt = a.id and la.token = a.token
  where a.operation = o.id and a.revision = o.revision and la.outcome <> 'doubt'
  order by la.outcome = 'delivered' desc, la.id desc limit 1
) late on true
left join lateral (
  -- Requests that may have arrived. Since the first of them the key is remembered, not since one that a pause held back.
  select min(a.intended_at) as at,
         bool_and(exists (select from pointferry.late_answer la where la.attempt = a.id and la.token = a.token
                          and la.outcome not in ('doubt', 'delivered'))) as unapplied
  from pointferry.attempt a
  where a.operation = o.id and a.revision = o.revision and (a.outcome is null or a.outcome = 'doubt')
) arrived on true
where l.token = :token and l.account = :account and o.state = 'in_doubt'
  and (o.next_at <= clock_timestamp() or o.next_at >= clock_timestamp() + make_interval(secs => :far_ms::float8 / 1000))
  and not (o.id = any (:busy::bigint[]))
order by o.doubt_since, o.id
limit :most
