-- A resumed run looks at its files again. What it noted then about a file that it did not stage is replaced.
delete from pointferry.file
 where id = any (:ids::bigint[]) and path = :path and name = :name and verdict <> 'staged'
