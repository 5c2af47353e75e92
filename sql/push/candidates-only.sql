-- Lanes of the few operations that --only or --limit leaves.
-- not null: lane
select distinct op.lane
from pointferry.operation op
where op.state = 'ready' and op.run = any (:runs::text[]) and op.lane > :after
  and (:among::bigint[] is null or op.id = any (:among::bigint[]))
  and (:only::text is null or :only in (op.identity, op.key, op.member_key, op.subject)
       or right(op.identity, length(:only) + 1) = ':' || :only)
order by op.lane
limit :most
