-- Rows of the files that this one corrects, whose event (or subject) it no longer holds. Of rows that several of those files
-- had, the latest; what an earlier correction left out already stands there. A row that is filtered or rejected now is held
-- all the same; so may be one that stands in a damaged record, which is why nothing follows from this but a list.
insert into pointferry.withdrawn (file, of_file, of_record)
select :file, r.file, r.record
from pointferry.row r
join pointferry.operation l on l.id = r.operation
where r.file = any (:corrects::bigint[])
  and r.file = (select max(again.file) from pointferry.row again where again.operation = r.operation and again.file = any (:corrects::bigint[]))
  and not exists (select from run_rows n where l.nature = 'event' and n.file = :file and n.identity = l.identity)
  and not exists (select from run_operations n
                  where l.nature = 'state' and n.file = :file and (n.subject = l.subject or n.member_key = l.member_key))
on conflict do nothing
