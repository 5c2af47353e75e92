select consent_at is not null or origin is not null as agreed from pointferry.account where name = :account
