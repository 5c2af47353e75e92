-- Rows of operations, and rows that never became one: by their place, or by the key of their group.
select r.file, f.name, f.run, r.record, r.line, r.role, r.operation, r.group_key, r.amount, r.currency,
       pointferry.bucket_of(r.role, r.replaced, o.state) as bucket,
       (select json_agg(json_build_object('code', e.code, 'field', e.field, 'reason', e.reason) order by e.n)
          from pointferry.row_error e where e.file = r.file and e.record = r.record) as faults
from pointferry.row r
join pointferry.file f on f.id = r.file
left join pointferry.operation o on o.id = r.operation
where r.operation = any(:operations) or (r.file = :file and r.record = :record) or (:by_group and r.group_key = :value)
order by f.id, r.record
limit 200
