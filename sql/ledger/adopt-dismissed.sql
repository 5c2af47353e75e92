-- Rows of this run that joined an operation which a run given up by a person has never sent: nobody would send it, also when its
-- member arrives, and the rows would be pending for ever. It is this run's now, under the key it has.
update pointferry.operation o set run = :run
where o.state in ('ready', 'parked')
  and o.run in (select d.id from pointferry.run d where d.dismissed_at > d.finished_at and d.stage <> 'done' and d.owner is null and d.id <> :run)
  and exists (select from pointferry.row w join pointferry.file f on f.id = w.file
              where w.operation = o.id and w.role = 'joins' and f.run = :run)
returning o.id
