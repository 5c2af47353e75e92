-- A run that never was: inserted and rolled back in one transaction, so that files can be landed under it.
insert into pointferry.run (id, pipeline, account, kind, scope, mode, business_date, actor, definition, definition_hash, account_definition,
                            folder)
values (:id, :pipeline, :account, :kind, 'nightly', 'run', :business_date, 'rehearsal', '{}', 'none', '{}', 'none')
returning id
