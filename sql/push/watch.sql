-- What other processes and people want of this push.
select
  pointferry.is_paused(a.paused_until, a.paused_by) as paused,
  (extract(epoch from a.stopped_at) * 1000000)::bigint as stopped_at, a.stop_reason,
  a.breaker,
  (extract(epoch from clock_timestamp() - a.breaker_at) * 1000)::float8 as breaker_ms,
  exists (select 1 from pointferry.run r where r.id = any (:runs::text[]) and r.stop_requested is not null) as stop_requested
from pointferry.account a
where a.name = :account
