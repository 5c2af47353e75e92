-- Every run that can go on by itself: interrupted, stopped by something fatal, or held by a process that may be dead.
select id from pointferry.run
 where stage <> 'done' and (owner is not null or status in ('running', 'interrupted') or exit_code = 3)
 order by seq
