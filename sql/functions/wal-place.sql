-- Where the server stands: which one, on which timeline, and how far its log is on disk. Null where a server does not tell
-- (a standby, a service that withholds it): then less is noticed of a ledger that went back, and nothing fails.
create or replace function pointferry.wal_place(out system text, out timeline integer, out flushed numeric)
language plpgsql volatile as $$
begin
  begin
    system := (select system_identifier from pg_control_system());
  exception when others then
    system := null;
  end;
  begin
    flushed := pg_current_wal_flush_lsn() - '0/0'::pg_lsn;
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer;
  exception when others then
    flushed := null;
  end;
end
$$;
