-- What the doctor looks at: version, clock, rights, room for connections, durability. Changes nothing.
select current_setting('server_version') as version,
       current_setting('server_version_num')::int as version_number,
       clock_timestamp() as now,
       current_user as role,
       -- as the server, the database or the role has set it: our transactions have their own
       (select reset_val from pg_settings where name = 'synchronous_commit') as synchronous_commit,
       (select reset_val = 'on' from pg_settings where name = 'default_transaction_read_only') as read_only,
       current_setting('fsync') as fsync,
       current_setting('wal_level') as wal_level,
       current_setting('max_connections')::int as max_connections,
       (select count(*)::int from pg_stat_activity) as connections,
       pg_is_in_recovery() as standby,
       pg_database_size(current_database()) as bytes,
       coalesce(has_schema_privilege(to_regnamespace('pointferry_staging')::oid, 'create'), false) as may_stage,
       to_regnamespace('pointferry') is not null as has_schema
