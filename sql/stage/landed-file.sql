-- The file's facts, in the transaction that landed its rows.
update pointferry.file
   set raw_table = :raw_table, header = :header, raw_columns = :raw_columns, bound = :bound,
       records = :records, skipped = :skipped, amounts = :amounts
 where id = :id
