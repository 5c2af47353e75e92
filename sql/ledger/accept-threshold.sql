-- Kept with the run: whoever goes on with it later heeds it too.
update pointferry.run set options = options || '{"acceptThreshold": true}' where id = :id
