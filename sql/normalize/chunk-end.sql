-- The record up to which the next chunk of a file goes; none: all that is left.
select record from run_operations
where file = :file and record > :after
order by record
offset :size limit 1
