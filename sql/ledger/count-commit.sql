-- Counts a commit of an owner, as the last statement of its transaction: the row is locked for that moment only. No row: the
-- ledger does not know this owner, since it went back to before it.
update pointferry.owner set commits = commits + 1
 where token = :token and identity = :identity::uuid
returning commits
