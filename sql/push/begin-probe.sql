-- One process may send one request to see whether the platform is well. If it dies on the way, another may
-- after a while.
update pointferry.account
set breaker = 'probing', probe_token = :token,
    breaker_probe_at = clock_timestamp() + make_interval(secs => :within_ms::float8 / 1000)
where name = :account and breaker <> 'closed'
