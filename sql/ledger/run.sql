-- A run with all that is known of it. Given up counts while it is younger than the run's end and nobody holds the run.
-- nullable: dismissed_at
select r.id, r.seq, r.pipeline, r.account, a.platform, a.stage as account_stage, r.kind, r.scope, r.mode, r.business_date,
       r.actor, r.definition, r.definition_hash, r.account_definition, r.options, r.of, r.folder, r.stage, r.status,
       r.exit_code, r.stop_code, r.stop_reason, r.version, r.seconds, r.carried, r.owner,
       r.stop_requested is not null as stop_requested, r.started_at, r.finished_at,
       case when r.dismissed_at > r.finished_at and r.owner is null then r.dismissed_at end as dismissed_at,
       r.dismissed_by, r.dismissed_note, transaction_timestamp() as as_of
from pointferry.run r
join pointferry.account a on a.name = r.account
where r.id = :id
