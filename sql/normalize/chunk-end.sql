-- The record at which the next chunk of a file ends. No row: the chunk is all that is left.
select record from run_operations
where file = :file and record > :after
order by record
offset :size limit 1
