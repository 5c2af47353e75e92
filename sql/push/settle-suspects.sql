-- Events that left in the moments that a ledger lost: it calls them ready, and the platform may have applied
-- them. Its memory of their keys is over, or it has none, so they are not sent again.
update pointferry.operation op
set state = 'unknown', code = 'PUSH_OUTCOME_UNKNOWN', reason = :reason,
    settled_at = clock_timestamp(), settled_by = :by
from json_to_recordset(:suspects::json) as suspect (operation bigint, key text)
where op.id = suspect.operation and op.key = suspect.key and op.account = :account
  and op.state = 'ready' and op.nature = 'event'
