-- A run with everything that its report says of it. Its definition says whether rows have an amount.
select r.id, r.seq, r.pipeline, r.account, r.kind, r.scope, r.mode, r.business_date, r.actor,
       r.definition, r.definition_hash, r.account_definition, r.options,
       r.of, r.folder, r.stage, r.status, r.exit_code, r.stop_code,
       r.stop_reason, r.version, r.seconds, r.carried, r.started_at,
       r.finished_at, transaction_timestamp() as as_of,
       case when r.dismissed_at > r.finished_at and r.owner is null then r.dismissed_at end as dismissed_at,
       r.dismissed_by, r.dismissed_note,
       a.platform, a.stage as account_stage
from pointferry.run r
join pointferry.account a on a.name = r.account
where r.id = :run
