-- Numbers that nobody holds. The account's row is locked by this transaction, so that nobody else takes them
-- meanwhile.
insert into pointferry.place (account, number, token)
select :account, free.number, :token::bigint
from generate_series(1, :max_in_flight::integer) as free (number)
where not exists (select from pointferry.place where place.account = :account and place.number = free.number)
order by free.number
limit :more
