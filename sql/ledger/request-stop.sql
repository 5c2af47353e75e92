-- Whoever runs it sees this within a second, on whatever machine.
update pointferry.run set stop_requested = clock_timestamp()
 where owner is not null and (:id::text is null or id = :id)
returning id, pipeline
