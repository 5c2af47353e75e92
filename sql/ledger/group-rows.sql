-- A group of errors by its number, and how many of its rows want a person now.
select count(f.record) as rows
from pointferry.error_group g
left join pointferry.row_fault f
  on f.run = :run and f.code = g.code and f.field = g.field and f.platform_code = g.platform_code
 and f.bucket in ('rejected', 'failed', 'unknown')
where g.run = :run and g.number = :number
group by g.number
