-- Events that left in the moments that a ledger lost: it calls them ready, and the platform may have applied them. Its memory
-- of their keys is over, or it has none, so they are not sent again.
update pointferry.operation o
set state = 'unknown', code = 'PUSH_OUTCOME_UNKNOWN', reason = :reason, settled_at = clock_timestamp(), settled_by = :by
from json_to_recordset(:suspects::json) as s (operation bigint, key text)
where o.id = s.operation and o.key = s.key and o.account = :account and o.state = 'ready' and o.nature = 'event'
