-- A person gives a run up. One that is held is not: its process says itself what becomes of it.
update pointferry.run
   set dismissed_at = clock_timestamp(), dismissed_by = :actor, dismissed_note = :note
 where id = :id and owner is null and finished_at is not null
returning id
