update pointferry.account
   set paused_until = :until, pause_reason = :reason, paused_by = :actor
 where name = :account
returning name
