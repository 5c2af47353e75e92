-- Operations whose outcome nobody knows: that of one row, or those of one group of errors of a run, or all given. With the number
-- of rows that share each, and what a state is compared with.
select
  o.id as operation, o.account, o.kind, o.nature, o.run, o.lane, o.payload::text as payload,
  (select count(*) from pointferry.row r where r.operation = o.id) as rows,
  case when o.nature = 'state' then coalesce((
    select json_agg(json_build_object(
      'field', a.field, 'hash', a.value_hash, 'forgotten', a.forgotten_by is not null,
      'newer', (a.version_at, a.run_seq, a.file_place, a.record) > (o.version_at, o.run_seq, o.file_place, o.record)))
    from pointferry.accepted a where a.lane = o.lane and a.kind = o.kind), '[]')
  end as accepted
from pointferry.operation o
where o.state = 'unknown'
  and o.id in (
    select f.operation from pointferry.row_fault f
    where f.run = :run and f.bucket = 'unknown'
      and (:file::bigint is null or (f.file = :file and f.record = :record))
      and (:code::text is null or (f.code = :code and f.field = :field and f.platform_code = :platform_code)))
order by o.id
