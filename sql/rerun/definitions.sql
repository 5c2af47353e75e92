-- How the runs were defined that read the rows.
select id, account, kind, definition from pointferry.run where id = any (:ids::text[]) order by seq
