-- Accounts with what keeps them from sending.
-- nullable: paused
select name, platform, stage, pointferry.is_paused(paused_until, paused_by) as paused, pause_reason,
       stopped_at, stop_reason, breaker
from pointferry.account
order by name collate "C"
