-- What the one probe found: well, and the breaker closes with a clean slate; or not, and the next probe
-- waits.
with gone as (
  delete from pointferry.breaker_answer where :well and account = :account
)
update pointferry.account
set breaker = case when :well then 'closed' else 'open' end,
    breaker_at = case when :well then null else breaker_at end,
    probe_token = null,
    breaker_probe_at = case when :well then null
                            else clock_timestamp() + make_interval(secs => :probe_after_ms::float8 / 1000) end
where name = :account and breaker = 'probing' and probe_token = :token
