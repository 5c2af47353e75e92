-- A new run, held from the start. The unique index run_one_live refuses a second live one of the pipeline and scope.
insert into pointferry.run (id, pipeline, account, kind, scope, mode, business_date, actor, definition, definition_hash,
                            account_definition, options, of, folder, owner)
values (:id, :pipeline, :account, :kind, :scope, :mode, :business_date, :actor, :definition, :definition_hash,
        :account_definition, :options, :of, :folder, :token)
returning id, seq
