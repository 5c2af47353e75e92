-- A run with everything that its report says of it. Its definition says whether rows have an amount.
select r.id, r.seq, r.pipeline, r.account, r.kind, r.scope, r.mode, r.business_date as "businessDate", r.actor,
       r.definition, r.definition_hash as "definitionHash", r.account_definition as "accountDefinition", r.options,
       r.of, r.folder, r.stage, r.status, r.exit_code as "exitCode", r.stop_code as "stopCode",
       r.stop_reason as "stopReason", r.version, r.seconds, r.carried, r.started_at as "startedAt",
       r.finished_at as "finishedAt", transaction_timestamp() as "asOf",
       case when r.dismissed_at > r.finished_at and r.owner is null then r.dismissed_at end as "dismissedAt",
       r.dismissed_by as "dismissedBy", r.dismissed_note as "dismissedNote",
       a.platform, a.stage as "accountStage"
from pointferry.run r
join pointferry.account a on a.name = r.account
where r.id = :run
