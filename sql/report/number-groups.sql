-- Gives every group of errors of a run a number that it keeps for the life of the run: the largest first, later ones
-- behind those that are there. A lost race leaves a group without a number until the next time.
with grouped as (
  select code, field, platform_code, count(*) as rows
  from pointferry.row_fault
  where run = :run and bucket in ('rejected', 'failed', 'unknown', 'parked')
  group by code, field, platform_code
), fresh as (
  select g.*, row_number() over (order by g.rows desc, g.code collate "C", g.field collate "C", g.platform_code collate "C") as n
  from grouped g
  where not exists (select from pointferry.error_group e
                    where e.run = :run and e.code = g.code and e.field = g.field and e.platform_code = g.platform_code)
)
insert into pointferry.error_group (run, number, code, field, platform_code)
select :run, n + coalesce((select max(number) from pointferry.error_group where run = :run), 0), code, field, platform_code
from fresh
on conflict do nothing
