-- The oldest ready operation of each locked lane, in a statement of its own: its snapshot is younger than the
-- locks, so it sees what the lane's last holder settled. `accepted` is what a state is compared with. A retry
-- that lies further ahead than any back-off is no wait but a clock that was set back since: it is due.
-- not null: subject, key
-- nullable: since_sent_ms
select
  locked.lane, head.id as operation, head.kind, head.run, head.subject, head.key,
  head.payload::text as payload, head.nature, head.attempts, head.resends,
  head.next_at > clock_timestamp()
    and head.next_at < clock_timestamp() + make_interval(secs => :far_ms::float8 / 1000) as early,
  head.attempts + head.resends > 0
    and head.next_at > clock_timestamp() - make_interval(secs => :patience_ms::float8 / 1000) as budgeted,
  head.nature = 'event' and (head.retry_by is not null or sent.at is not null) as doubtful,
  head.retry_by is not null as permitted,
  (extract(epoch from clock_timestamp() - sent.at) * 1000)::float8 as since_sent_ms,
  case when head.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', known.field, 'hash', known.value_hash, 'forgotten', known.forgotten_by is not null,
      'newer', (known.version_at, known.run_seq, known.file_place, known.record)
        > (head.version_at, head.run_seq, head.file_place, head.record)))
    from pointferry.accepted known where known.lane = locked.lane and known.kind = head.kind), '[]')
  end as accepted,
  head.nature = 'state' and exists (
    select 1 from pointferry.operation earlier
    where earlier.lane = locked.lane and earlier.kind = head.kind
      and earlier.state in ('ready', 'sending', 'in_doubt')
      and (earlier.version_at, earlier.run_seq, earlier.file_place, earlier.record)
        < (head.version_at, head.run_seq, head.file_place, head.record)
  ) as older_unsettled
from unnest(:lanes::bigint[]) as locked (lane)
cross join lateral (
  select * from pointferry.operation op
  where op.lane = locked.lane and op.state = 'ready' and op.run = any (:runs::text[])
    and (:among::bigint[] is null or op.id = any (:among::bigint[]))
    and (:only::text is null or :only in (op.identity, op.key, op.member_key, op.subject)
         or right(op.identity, length(:only) + 1) = ':' || :only)
  order by op.version_at, op.run_seq, op.file_place, op.record
  limit 1
) head
left join lateral (
  -- ready, and in doubt all the same: a person's retry, or a request that a ledger which went back has lost
  select min(att.intended_at) as at from pointferry.attempt att
  where att.operation = head.id and att.revision = head.revision and att.outcome = 'doubt'
    and not exists (
      select from pointferry.late_answer la
      where la.attempt = att.id and la.token = att.token and la.outcome not in ('doubt', 'delivered'))
) sent on head.nature = 'event'
