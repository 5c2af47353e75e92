-- Accounts with what keeps them from sending.
select name, platform, stage, pointferry.is_paused(paused_until, paused_by) as paused, pause_reason as "pauseReason",
       stopped_at as "stoppedAt", stop_reason as "stopReason", breaker
from pointferry.account
order by name collate "C"
