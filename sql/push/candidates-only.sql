-- Lanes of the few operations that --only or --limit leaves.
select distinct o.lane
from pointferry.operation o
where o.state = 'ready' and o.run = any (:runs::text[]) and o.lane > :after
  and (:among::bigint[] is null or o.id = any (:among::bigint[]))
  and (:only::text is null or :only in (o.identity, o.key, o.member_key, o.subject)
       or right(o.identity, length(:only) + 1) = ':' || :only)
order by o.lane
limit :most
