-- not null: owner
select id, owner from pointferry.run where pipeline = :pipeline and scope = :scope and owner is not null
