-- One 429 pauses the account for every process; a longer pause, or a person's, stays. The guard between windows grows:
-- somebody's clock or network jitters more than was thought.
update pointferry.account
set pause_reason = case when coalesce(paused_until, '-infinity') < u.until then :reason else pause_reason end,
    paused_by = case when coalesce(paused_until, '-infinity') < u.until then 'platform' else paused_by end,
    paused_until = greatest(coalesce(paused_until, '-infinity'), u.until),
    slot_guard_ms = least(slot_guard_ms + 10, 200)
from (select clock_timestamp() + make_interval(secs => :wait_ms::float8 / 1000) as until) u
where name = :account
