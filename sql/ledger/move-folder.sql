-- The folder of a run is out of reach (another machine, another user, a dead disk): its files are elsewhere from now on.
update pointferry.run set folder = :folder where id = :id returning id
