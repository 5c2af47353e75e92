-- What a run of this pipeline and scope goes on with, oldest first, and what it leaves to a person (2 and 70).
-- One that is held may be a dead process's: killed under way (running), or while its files were written. What a person has
-- given up since its end is not among them.
select id, status, exit_code, owner, stop_code
  from pointferry.run
 where pipeline = :pipeline and scope = :scope
   and (owner is not null or status in ('running', 'interrupted') or (status in ('stopped', 'failed') and exit_code in (2, 3, 70, 78)))
   and (owner is not null or dismissed_at is null or dismissed_at <= finished_at)
 order by seq
