-- Its files are written: the run is given back, and is done for ever where nothing is left to do.
update pointferry.run set owner = null, stage = case when :done then 'done' else stage end
 where id = :id and owner = :token
returning id
