-- A finished run whose rows moved since: what is left for a person now. One that is at work says so itself.
update pointferry.run set status = :status, exit_code = :exit_code
where id = :id and owner is null and stage = 'done' and (status, exit_code) is distinct from (:status, :exit_code::integer)
