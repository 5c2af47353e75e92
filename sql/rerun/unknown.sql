-- Rows of a run with an unknown outcome: they must be settled before they can be rerun.
select count(*) as rows from pointferry.row_fault where run = :run and bucket = 'unknown'
