-- What stands in the way of sending, by the database's clock; locked, so that permits are booked one after
-- another.
-- nullable: pause_reason, paused_until, stopped_at, next_slot_ms
select
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms,
  pointferry.is_paused(paused_until, paused_by) as paused,
  case when pointferry.is_paused(paused_until, paused_by) then pause_reason end as pause_reason,
  case when paused_until = 'infinity' then null else paused_until end as paused_until,
  (extract(epoch from stopped_at) * 1000000)::bigint as stopped_at, stop_reason,
  breaker, probe_token,
  -- a probe is due within the minute: further ahead is a clock that was set back
  breaker_probe_at is null or breaker_probe_at <= clock_timestamp()
    or breaker_probe_at > clock_timestamp() + interval '10 minutes' as probe_due,
  slot_guard_ms as guard_ms,
  slot_jitter_ms as jitter_ms,
  case when next_slot_at > '-infinity' then (extract(epoch from next_slot_at) * 1000)::float8 end
    as next_slot_ms,
  origin
from pointferry.account
where name = :account
for no key update
