-- A run that goes on looks at its files again: what it said of one that it did not take is said anew.
delete from pointferry.file where id = any (:ids::bigint[]) and path = :path and name = :name and verdict <> 'staged'
