-- Which ledger this is: kept by a backup and by a copy, so that one that went back in time is noticed by whoever saw it
-- further on. `generation` rises when a person accepts that it went back.
create table pointferry.ledger (
  id         uuid primary key default gen_random_uuid(),
  generation integer not null default 0 check (generation >= 0),
  made_at    timestamptz not null default clock_timestamp()
);
create unique index ledger_once on pointferry.ledger ((true));
insert into pointferry.ledger default values;

-- Signs of life, counted: a count cannot be set back as a clock can, and says how many of them were lost with the server.
alter table pointferry.owner add column beats bigint not null default 0 check (beats >= 0);
