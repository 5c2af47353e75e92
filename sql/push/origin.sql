-- Where an account has sent to until now; null: nowhere yet.
select origin from pointferry.account where name = :account
