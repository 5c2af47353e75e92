-- Rows of a run that a person has to settle before they can be rerun.
select count(*) as rows from pointferry.row_fault where run = :run and bucket = 'unknown'
