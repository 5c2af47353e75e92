-- What an answer of the account took on average, over its last 1,000: for `plan`. Null: it has not answered of late. Looks at
-- the last 20,000 attempts of all accounts at most.
-- nullable: ms
select avg(answered.ms)::float8 as ms
from (
  select attempt.ms
  from (select id, run, ms from pointferry.attempt order by id desc limit 20000) attempt
  join pointferry.run on run.id = attempt.run
  where run.account = :account and attempt.ms is not null
  order by attempt.id desc
  limit 1000
) answered
