insert into pointferry.lane (account, subject_type, subject)
select :account, :subject_type, n.subject
from (
  select s.subject, (select l.id from pointferry.lane l where l.account = :account and l.subject_type = :subject_type and l.subject = s.subject) as lane
  from (select distinct subject from unnest(:subjects::text[]) u(subject)) s
  offset 0
) n
where n.lane is null
order by n.subject collate "C"
on conflict do nothing
