-- Columns of the ledger's tables and views, for src/db/schema.ts. Of a view the server does not know which ones can be null.
select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as type, a.attnotnull as required
from pg_attribute a
join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'pointferry'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped
order by c.relname collate "C", a.attnum
