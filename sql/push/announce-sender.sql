-- A process sends for the account, or would: the others leave it its share of the places.
insert into pointferry.sender (account, token, slowest_ms)
values (:account, :token, :slowest_ms)
on conflict (account, token) do update set slowest_ms = excluded.slowest_ms
