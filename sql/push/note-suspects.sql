-- Events that left in the moments that a ledger lost, and that it calls ready: an attempt in doubt stands for the
-- request, so that every process sees since when the platform may know the key. What was sent is lost with it:
-- the request is built anew. Ages are counted by the sender's own clock.
insert into pointferry.attempt
  (operation, revision, n, run, token, purpose, method, url, body_hash, intended_at, ended_at, outcome, reason)
select op.id, op.revision, coalesce(last.n, 0) + 1, op.run, :token, 'resend', 'POST', '', '',
       clock_timestamp() - make_interval(secs => suspect.age_ms / 1000), clock_timestamp(), 'doubt',
       'the ledger went back, and this request with it'
from json_to_recordset(:suspects::json) as suspect (operation bigint, key text, age_ms float8)
join pointferry.operation op on op.id = suspect.operation and op.key = suspect.key
left join lateral (
  select max(att.n) as n from pointferry.attempt att where att.operation = op.id and att.revision = op.revision
) last on true
where op.account = :account and op.state = 'ready' and op.nature = 'event'
