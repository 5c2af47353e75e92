-- The account's own row: its pause, its breaker and its pacing are shared by every process.
insert into pointferry.account (name, platform, stage) values (:name, :platform, :stage)
on conflict (name) do update set stage = excluded.stage
 where account.platform = excluded.platform and account.stage <> excluded.stage
