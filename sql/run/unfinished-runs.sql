-- What a run of this pipeline and scope goes on with, oldest first, and what it leaves to a person (2 and 70).
-- A running one whose owner is dead was killed; whether it is dead is for the caller to find out.
select id, status, exit_code, owner, stop_code
  from pointferry.run
 where pipeline = :pipeline and scope = :scope
   and (status in ('running', 'interrupted') or (status in ('stopped', 'failed') and exit_code in (2, 3, 70)))
 order by seq
