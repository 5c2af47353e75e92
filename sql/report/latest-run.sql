-- The run that began last, of any pipeline.
select id from pointferry.run order by seq desc limit 1
