-- Entries are added, never replaced. A key that already names another member is a conflict: it is listed and
-- left as it is. The same key twice in one file with different members is a conflict as well, and neither is
-- added.
-- values of outcome: added, known, conflict
with given as (
  select key_type, key, min(member_id) as member_id, count(distinct member_id) as members, min(line) as line
    from unnest(:key_types::text[], :keys::text[], :member_ids::text[], :lines::int[]) as t (key_type, key, member_id, line)
   group by key_type, key
), added as (
  insert into pointferry.crosswalk (account, key_type, key, member_id, actor)
  select :account, key_type, key, member_id, :actor from given where members = 1
   order by key_type, key
  on conflict do nothing
  returning key_type, key
)
select g.line, g.key_type,
       case when a.key is not null then 'added'
            when g.members > 1 or c.member_id <> g.member_id then 'conflict'
            else 'known' end as outcome
  from given g
  left join added a using (key_type, key)
  left join pointferry.crosswalk c on c.account = :account and c.key_type = g.key_type and c.key = g.key
