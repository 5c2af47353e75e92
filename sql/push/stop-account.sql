-- The platform refuses the credentials: nobody sends, until a run's probe finds them mended.
update pointferry.account
set stopped_at = clock_timestamp(), stop_reason = :reason
where name = :account and stopped_at is null
