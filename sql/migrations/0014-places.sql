-- Requests in flight at once, over all processes that send for an account (`maxInFlight`). A process books places in the
-- transaction that books its slots, and has no more requests under way than it holds places. A number has one holder at a
-- time, whatever anybody reckons; who holds places is known to the ledger, and takes them along when it goes.
create table pointferry.sender (
  account    text not null references pointferry.account,
  token      bigint not null references pointferry.owner,
  slowest_ms real not null check (slowest_ms between 0 and 3600000),  -- what its answers took at most, of late
  primary key (account, token)
);

create table pointferry.place (
  account text not null,
  number  integer not null check (number >= 1),
  token   bigint not null,
  primary key (account, number),
  foreign key (account, token) references pointferry.sender on delete cascade
);
