-- What is said of a row that is not delivered: where it stands, the code, and the field it is about. A row has one
-- place in the groups of errors: its first fault, or what became of its operation. `of_kind` says that `field` is
-- the kind's own field (a refusal of the platform) and not a column of the file. A parked row is about its member.
create or replace view pointferry.row_fault as
select b.run, b.file, b.record, b.line, b.bucket, b.operation, b.group_key, b.amount, b.currency, b.unreadable, b.operation_state,
       case when b.role = 'rejected' then e.stage
            when b.bucket in ('rejected', 'parked', 'filtered') then 'normalize'
            else 'push' end as stage,
       case when b.role in ('rejected', 'filtered') then coalesce(e.code, '')
            when b.bucket = 'parked' then 'NORMALIZE_MEMBER_UNKNOWN'
            when b.bucket = 'duplicate' and b.operation_state = 'superseded' then 'PUSH_SUPERSEDED'
            -- a row that carries an accepted operation is delivered, unless a corrected version was accepted instead
            when b.bucket = 'duplicate' and b.role = 'carries' then 'PUSH_REPLACED'
            else coalesce(o.code, '') end as code,
       case when b.role in ('rejected', 'filtered') then coalesce(e.field, '')
            when b.bucket = 'parked' then 'member'
            else coalesce(o.field, '') end as field,
       b.role not in ('rejected', 'filtered') as of_kind,
       case when b.role in ('rejected', 'filtered') then '' else coalesce(o.platform_code, '') end as platform_code
from pointferry.row_bucket b
left join pointferry.operation o on o.id = b.operation
left join lateral (select stage, code, field from pointferry.row_error e
                   where b.role in ('rejected', 'filtered') and e.file = b.file and e.record = b.record
                   order by n limit 1) e on true;
