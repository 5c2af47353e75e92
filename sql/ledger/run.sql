select id, seq, pipeline, account, kind, scope, mode, business_date, actor, definition, definition_hash, account_definition,
       options, of, folder, stage, status, exit_code, stop_code, stop_reason, version, seconds, carried, owner,
       stop_requested is not null as stop_requested, started_at, finished_at,
       dismissed_at is not null and dismissed_at > finished_at and owner is null as dismissed
  from pointferry.run where id = :id
