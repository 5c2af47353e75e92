-- The state of the rows when the rerun selected them; the row and its faults only show the state now. No
-- cells.
update pointferry.rerun_row t
set was = jsonb_build_object('bucket', b.bucket, 'operation', b.operation, 'faults', coalesce(
      (select jsonb_agg(jsonb_build_object('stage', e.stage, 'code', e.code, 'field', e.field, 'run', e.run) order by e.n)
         from pointferry.row_error e where b.role = 'rejected' and e.file = b.file and e.record = b.record),
      (select jsonb_build_array(jsonb_build_object('stage', 'push', 'code', o.code, 'field', o.field)) from pointferry.operation o where o.id = b.operation),
      '[]'))
from pointferry.row_bucket b
where t.run = :rerun and b.file = t.file and b.record = t.record
