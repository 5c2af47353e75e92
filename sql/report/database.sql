-- What status says of the database.
select pg_database_size(current_database()) as bytes,
       (select max(number) from pointferry_migration.migration) as schema,
       (select count(*) from pointferry.run where owner is not null) as held
