-- What a batch of answers says of the platform's health, in the order of the answers.
insert into pointferry.breaker_answer (account, bad)
select :account, answer.bad
from unnest(:bad::boolean[]) with ordinality as answer (bad, n)
order by answer.n
