-- One 429 pauses the account for every process; a longer pause, or a person's, stays. The guard between windows grows:
-- somebody's clock or network jitters more than was thought.
update pointferry.account
set pause_reason = case when u.counts then :reason else pause_reason end,
    paused_by = case when u.counts then 'platform' else paused_by end,
    paused_until = case when u.counts then u.until else paused_until end,
    slot_guard_ms = least(slot_guard_ms + 10, 200)
from (
  select w.until, not pointferry.is_paused(a.paused_until, a.paused_by) or a.paused_until < w.until as counts
  from pointferry.account a
  cross join (select clock_timestamp() + make_interval(secs => :wait_ms::float8 / 1000) as until) w
  where a.name = :account
  for no key update of a
) u
where name = :account
