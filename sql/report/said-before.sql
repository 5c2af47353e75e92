-- Hash of what the files of a run said last.
-- nullable: said
select figures->>'said' as said from pointferry.run_figures where run = :run
