-- Those of the records of a file that were ever sent, under the operation that they have, or had when an
-- earlier rerun selected them.
select r.record
from pointferry.row r
where r.file = :file and r.record = any (:records::bigint[])
  and (exists (select from pointferry.attempt a where a.operation = r.operation)
       or exists (select from pointferry.rerun_row t join pointferry.attempt a on a.operation = (t.was->>'operation')::bigint
                  where t.file = r.file and t.record = r.record))
