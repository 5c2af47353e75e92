-- The run of a rehearsed rerun, inserted and rolled back in one transaction.
insert into pointferry.run (id, pipeline, account, kind, scope, mode, of, actor, definition, definition_hash, account_definition, folder)
values (:id, :pipeline, :account, :kind, 'rerun', 'rerun', array[:of::text], 'rehearsal', '{}', 'none', '{}', 'none')
returning id
