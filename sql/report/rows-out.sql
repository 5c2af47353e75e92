-- Rows of a file that stand in some buckets, with everything that is said of them: what errors.csv, pending.csv and
-- skipped.csv hold beside the original cells. Faults come in their order, so that joined columns match.
select b.record, b.line, b.bucket, b.operation_state as state, b.stage, b.code, b.field, b.of_kind,
       o.reason, o.http_status, o.platform_code, coalesce(o.attempts, 0) as attempts,
       o.request_id, coalesce(o.identity, o.key) as identity, o.platform_id, d.raw, d.cut,
       (select json_agg(json_build_object('code', e.code, 'field', e.field, 'value', e.value, 'reason', e.reason) order by e.n)
          from pointferry.row_error e
         where e.file = b.file and e.record = b.record and b.operation is null) as faults
from pointferry.row_fault b
left join pointferry.operation o on o.id = b.operation
left join pointferry.damaged d on d.file = b.file and d.record = b.record
where b.run = :run and b.file = :file and b.bucket = any(:buckets)
  and (:records::bigint[] is null or b.record = any (:records::bigint[]))
  and (:code::text is null or (b.code = :code and b.field = :field and b.platform_code = :platform_code))
  and (:withdrawn_by::bigint is null or exists (
    select from pointferry.withdrawn w where w.file = :withdrawn_by and w.of_file = b.file and w.of_record = b.record))
