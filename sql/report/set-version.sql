-- The files of a run are rewritten and say something new.
update pointferry.run set version = greatest(version, :version) where id = :run
