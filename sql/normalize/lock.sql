-- One writer of operations per account and kind at a time: what a row meets under its identity stays as it
-- was read.
select pg_advisory_xact_lock(hashtextextended('pointferry operations ' || :account || ' ' || :kind, 0))
