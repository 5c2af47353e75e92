-- How far the ledger has come, and whether it still knows an owner's signs of life (null: it does not know the owner).
select l.id, l.generation, w.system, w.timeline, w.flushed::text,
       coalesce((select max(token) from pointferry.owner), 0) as newest,
       (select o.beats from pointferry.owner o where o.token = :token::bigint) as beats
from pointferry.ledger l cross join pointferry.wal_place() w
