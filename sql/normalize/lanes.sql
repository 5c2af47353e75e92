-- In order, so that two transactions never wait for each other crosswise.
insert into pointferry.lane (account, subject_type, subject)
select distinct :account, :subject_type, o.subject
from run_operations o
where o.file = :file and o.record > :after and (:until::bigint is null or o.record <= :until)
  and o.status = 'ok' and o.decision is null and o.subject is not null
  and not exists (select from pointferry.lane l where l.account = :account and l.subject_type = :subject_type and l.subject = o.subject)
order by o.subject
on conflict do nothing
