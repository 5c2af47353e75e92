select id, seq, pipeline, account, kind, scope, mode, business_date, actor, definition, definition_hash, account_definition,
       options, of, folder, stage, status, exit_code, stop_code, stop_reason, version, seconds, carried, owner,
       stop_requested is not null as stop_requested, started_at, finished_at
  from pointferry.run where id = :id
