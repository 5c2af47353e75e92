-- The oldest ready operation of each locked lane, in a statement of its own: its snapshot is younger than the locks,
-- so it sees what the lane's last holder settled. `accepted` is what a state is compared with. A retry that lies further
-- ahead than any back-off is no wait but a clock that was set back since: it is due.
select
  l.lane, h.id as operation, h.kind, h.run, h.subject, h.key, h.payload::text as payload, h.nature,
  h.attempts, h.resends,
  h.next_at > clock_timestamp() and h.next_at < clock_timestamp() + make_interval(secs => :far_ms::float8 / 1000) as early,
  h.attempts + h.resends > 0 and h.next_at > clock_timestamp() - make_interval(secs => :patience_ms::float8 / 1000) as budgeted,
  h.retry_by is not null and h.nature = 'event' as doubtful,
  case when h.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', a.field, 'hash', a.value_hash, 'forgotten', a.forgotten_by is not null,
      'newer', (a.version_at, a.run_seq, a.file_place, a.record) > (h.version_at, h.run_seq, h.file_place, h.record)))
    from pointferry.accepted a where a.lane = l.lane and a.kind = h.kind), '[]')
  end as accepted,
  h.nature = 'state' and exists (
    select 1 from pointferry.operation e
    where e.lane = l.lane and e.kind = h.kind and e.state in ('ready', 'sending', 'in_doubt')
      and (e.version_at, e.run_seq, e.file_place, e.record) < (h.version_at, h.run_seq, h.file_place, h.record)
  ) as older_unsettled
from unnest(:lanes::bigint[]) as l (lane)
cross join lateral (
  select * from pointferry.operation o
  where o.lane = l.lane and o.state = 'ready' and o.run = any (:runs::text[])
    and (:among::bigint[] is null or o.id = any (:among::bigint[]))
    and (:only::text is null or :only in (o.identity, o.key, o.member_key, o.subject)
         or right(o.identity, length(:only) + 1) = ':' || :only)
  order by o.version_at, o.run_seq, o.file_place, o.record
  limit 1
) h
