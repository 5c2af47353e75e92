-- Opens when at least half of the last 20 answers were bad. Older ones are of no more use.
with last as (
  select id, bad from pointferry.breaker_answer where account = :account order by id desc limit 20
), gone as (
  delete from pointferry.breaker_answer where account = :account and id < (select min(id) from last)
)
update pointferry.account
set breaker = 'open', breaker_at = clock_timestamp(),
    breaker_probe_at = clock_timestamp() + make_interval(secs => :probe_after_ms::float8 / 1000)
where name = :account and breaker = 'closed' and (select count(*) from last where bad) >= 10
returning name
