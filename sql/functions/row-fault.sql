-- What is said of a row that is not delivered: where it stands, the code, and the field it is about. A row has one
-- place in the groups of errors: its first fault, or what became of its operation. `of_kind` says that `field` is
-- the kind's own field (a refusal of the platform) and not a column of the file. A parked row is about its member.
-- Field and platform code are cut: groups are found by an index of them (pointferry.error_group), which takes 2,704 bytes in all, and
-- a platform may answer anything. The whole text stands with the operation and in row_error.
-- `run` is who reports it: the run that read the row, and every rerun that took it. Always asked with `run = ...`.
create or replace view pointferry.row_fault as
select s.run, s.file, s.record, s.line, s.bucket, s.operation, s.group_key, s.amount, s.currency, s.unreadable, s.operation_state,
       case when s.role = 'rejected' then e.stage
            when s.bucket in ('rejected', 'parked', 'filtered') then 'normalize'
            else 'push' end as stage,
       case when s.role in ('rejected', 'filtered') then coalesce(e.code, '')
            when s.bucket = 'parked' then 'NORMALIZE_MEMBER_UNKNOWN'
            when s.bucket = 'duplicate' and s.operation_state = 'superseded' then 'PUSH_SUPERSEDED'
            -- a row that carries an accepted operation is delivered, unless a corrected version was accepted instead
            when s.bucket = 'duplicate' and s.role = 'carries' then 'PUSH_REPLACED'
            else coalesce(s.code, '') end as code,
       left(case when s.role in ('rejected', 'filtered') then coalesce(e.field, '')
            when s.bucket = 'parked' then 'member'
            else coalesce(s.field, '') end, 400) as field,
       s.role not in ('rejected', 'filtered') as of_kind,
       case when s.role in ('rejected', 'filtered') then '' else left(coalesce(s.platform_code, ''), 200) end as platform_code
from (select r.*, o.state as operation_state, pointferry.bucket_of(r.role, r.replaced, o.state) as bucket,
             o.code, o.field, o.platform_code
      from (select f.run, w.* from pointferry.row w join pointferry.file f on f.id = w.file
            union all
            select t.run, w.* from pointferry.rerun_row t join pointferry.row w on w.file = t.file and w.record = t.record) r
      left join pointferry.operation o on o.id = r.operation) s
left join lateral (select stage, code, field from pointferry.row_error x
                   where s.role in ('rejected', 'filtered') and x.file = s.file and x.record = s.record
                   order by n limit 1) e on true;
