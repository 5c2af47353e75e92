-- One 429 pauses the account for every process; a longer pause, or a person's, stays. The guard between
-- windows grows: somebody's clock or network jitters more than was thought.
update pointferry.account
set pause_reason = case when pause.counts then :reason else pause_reason end,
    paused_by = case when pause.counts then 'platform' else paused_by end,
    paused_until = case when pause.counts then pause.until else paused_until end,
    slot_guard_ms = least(slot_guard_ms + 10, 200)
from (
  select asked.until,
         not pointferry.is_paused(before.paused_until, before.paused_by)
           or before.paused_until < asked.until as counts
  from pointferry.account before
  cross join (select clock_timestamp() + make_interval(secs => :wait_ms::float8 / 1000) as until) asked
  where before.name = :account
  for no key update of before
) pause
where name = :account
