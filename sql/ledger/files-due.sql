-- The files of these runs do not say where their rows stand. Noted before the run that moved them is given back.
update pointferry.run set files_due = clock_timestamp() where id = any (:ids::text[]) returning id
