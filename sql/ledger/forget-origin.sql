-- A person says that the account's new address is the same platform: the next send records it.
update pointferry.account set origin = null, origin_at = null where name = :account
returning name
