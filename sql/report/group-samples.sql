-- Some rows of every group of errors, the first ones of each, to look for what they have in common. One scan.
select g.number, s.file, s.record, s.line, s.operation, o.request_id,
       coalesce(x.value, '') as value, coalesce(x.reason, o.reason, '') as reason
from (select b.*, row_number() over (partition by b.code, b.field, b.platform_code order by f.place, b.file, b.record) as n
      from pointferry.row_fault b
      join pointferry.file f on f.id = b.file
      where b.run = :run and b.bucket in ('rejected', 'failed', 'unknown', 'parked')) s
join pointferry.error_group g
  on g.run = :run and g.code = s.code and g.field = s.field and g.platform_code = s.platform_code
left join pointferry.operation o on o.id = s.operation
left join lateral (select value, reason from pointferry.row_error e
                   where s.operation is null and e.file = s.file and e.record = s.record order by n limit 1) x on true
where s.n <= :most
order by g.number, s.n
