-- A person gives up the rows that stand in a group of errors now.
update pointferry.error_group
   set dismissed_at = clock_timestamp(), dismissed_by = :actor, dismissed_note = :note
 where run = :run and number = :number
returning number
