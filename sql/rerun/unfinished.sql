-- Unfinished reruns that selected rows of this run.
select r.id from pointferry.run r
where r.mode = 'rerun' and r.stage <> 'done' and r.id <> :run
  and (:run = any (r.of) or r.of && (select of from pointferry.run where id = :run))
order by r.seq
