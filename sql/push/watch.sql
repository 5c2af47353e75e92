-- What other processes and people want of this push.
-- nullable: stopped_at, breaker_ms
select
  pointferry.is_paused(account.paused_until, account.paused_by) as paused,
  (extract(epoch from account.stopped_at) * 1000000)::bigint as stopped_at, account.stop_reason,
  account.breaker,
  (extract(epoch from clock_timestamp() - account.breaker_at) * 1000)::float8 as breaker_ms,
  exists (select 1 from pointferry.run where run.id = any (:runs::text[]) and run.stop_requested is not null)
    as stop_requested
from pointferry.account
where account.name = :account
