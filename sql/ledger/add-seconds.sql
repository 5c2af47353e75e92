-- Seconds per stage add up over resumes.
update pointferry.run
   set seconds = seconds || jsonb_build_object(:stage::text, coalesce((seconds->>:stage)::numeric, 0) + :seconds::numeric)
 where id = :id
