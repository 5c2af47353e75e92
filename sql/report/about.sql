-- How a run was made: the schema, the definition it had and the one before, members it sent fields of, its reruns.
-- nullable: before_run, host
select (select max(number) from pointferry_migration.migration) as schema,
       (select p.definition from pointferry.run p
         where p.pipeline = r.pipeline and p.mode = r.mode and p.seq < r.seq order by p.seq desc limit 1) as "before",
       (select p.id from pointferry.run p
         where p.pipeline = r.pipeline and p.mode = r.mode and p.seq < r.seq order by p.seq desc limit 1) as before_run,
       (select count(distinct o.lane) from pointferry.operation o where o.run = r.id and o.sent_at is not null) as subjects,
       (select coalesce(json_agg(json_build_object('id', x.id, 'status', x.status, 'at', x.started_at) order by x.seq), '[]')
          from (select * from pointferry.run where of @> array[r.id] order by seq limit 20) x) as reruns,
       o.host
from pointferry.run r
left join pointferry.owner o on o.token = (select max(a.token) from pointferry.attempt a where a.run = r.id)
where r.id = :run
