-- Rows of the corrected files whose event (or subject) the correction no longer holds. If several of those
-- files had a row, the latest counts; what an earlier correction left out is listed there. A row that is
-- filtered or rejected now is still held, and a damaged record may hold one: that is why this only makes a
-- list.
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
