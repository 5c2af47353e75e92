-- The definitions of the runs that read the rows.
select id, account, kind, definition from pointferry.run where id = any (:ids::text[]) order by seq
