-- The run of a dead owner that is not gone on with now stays interrupted, and holds nothing.
update pointferry.run
   set owner = null, status = 'interrupted', exit_code = 4, finished_at = clock_timestamp()
 where id = :id and owner = :held_by
returning id
