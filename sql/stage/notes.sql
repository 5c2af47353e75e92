-- Files that a run did not take.
select id from pointferry.file where run = :run and verdict <> 'staged'
