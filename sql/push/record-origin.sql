-- The first send says where the platform is; another place later is refused.
update pointferry.account
set origin = :origin, origin_at = clock_timestamp()
where name = :account and origin is null
