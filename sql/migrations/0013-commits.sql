-- An owner counts those of its commits that must not be forgotten: intents, settlements, landed files. A ledger that went back
-- lacks some of them, however far the server's log and other processes have come since. `identity` tells owners apart whose
-- token such a ledger gave out a second time.
alter table pointferry.owner
  add column identity uuid not null default gen_random_uuid(),
  add column commits bigint not null default 0 check (commits >= 0);
