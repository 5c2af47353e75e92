-- Rows of finished runs settled on the way, by bucket.
update pointferry.run
   set carried = coalesce((
     select jsonb_object_agg(bucket, rows) from (
       select b.bucket, count(*) as rows
         from pointferry.operation o join pointferry.row_bucket b on b.operation = o.id
        where o.settled_by = :run and o.settled_by <> o.run and b.run <> :run
        group by b.bucket) as by_bucket), '{}')
 where id = :run
