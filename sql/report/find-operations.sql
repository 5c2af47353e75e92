-- Operations that a value may name. Identities come first, since they have an index: source + ':' + key.
with sources as (
  select distinct account, kind, definition->'identity'->>'source' as source from pointferry.run
), by_identity as (
  select o.id from sources s
  join pointferry.operation o on o.nature = 'event' and o.account = s.account and o.kind = s.kind
   and o.identity in (:value, s.source || ':' || :value)
)
select id from by_identity
union
select operation from pointferry.row where file = :file and record = :record and operation is not null
limit 50
