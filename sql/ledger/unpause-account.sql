-- A person lifts everything that keeps the account from sending: pause, stop and breaker.
update pointferry.account
   set paused_until = null, pause_reason = null, paused_by = null,
       stopped_at = null, stop_reason = null, breaker = 'closed', breaker_at = null, probe_token = null
 where name = :account
returning name
