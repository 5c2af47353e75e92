insert into pointferry.breaker_answer (account, bad)
select :account, b.bad from unnest(:bad::boolean[]) with ordinality as b (bad, n) order by b.n
