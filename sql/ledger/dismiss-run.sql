-- A person gives a run up. One that is held is not: its process says itself what becomes of it. It counts while it is younger
-- than the run's end, also by a clock that was set back in between.
update pointferry.run
   set dismissed_at = greatest(clock_timestamp(), finished_at + interval '1 microsecond'), dismissed_by = :actor, dismissed_note = :note
 where id = :id and owner is null and finished_at is not null
returning id
