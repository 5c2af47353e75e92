-- Inserted in order, so that two transactions cannot deadlock. Known lanes are left out by one look-up each:
-- a subquery in the select list is never turned into a join over all lanes.
insert into pointferry.lane (account, subject_type, subject)
select :account, :subject_type, n.subject
from (
  select s.subject, (select l.id from pointferry.lane l where l.account = :account and l.subject_type = :subject_type and l.subject = s.subject) as lane
  from (
    select distinct o.subject
    from run_operations o
    where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
      and o.status = 'ok' and coalesce(o.decision, 'replaces') in ('replaces', 'revives') and o.subject is not null
  ) s
  offset 0
) n
where n.lane is null
order by n.subject collate "C"
on conflict do nothing
