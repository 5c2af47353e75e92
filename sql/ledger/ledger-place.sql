-- How far the ledger has come, and what it knows of some owners. One that it does not know is missing.
-- nullable: system, timeline, flushed
select l.id, l.generation, w.system, w.timeline, w.flushed::text,
       coalesce((select max(token) from pointferry.owner), 0) as newest,
       coalesce((select json_agg(json_build_object(
           'token', o.token, 'identity', o.identity, 'beats', o.beats, 'commits', o.commits))
         from pointferry.owner o where o.token = any (:tokens::bigint[])), '[]') as owners
from pointferry.ledger l cross join pointferry.wal_place() w
