-- Files that a run did not stage.
select id from pointferry.file where run = :run and verdict <> 'staged'
