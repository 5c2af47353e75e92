-- Whether the transaction that left this token was committed. Meets the mark of a transaction that is still in progress at
-- the unique index, and so waits until it has ended: reading alone would not see it, and it could commit afterwards.
insert into pointferry.commit_mark as mark (slot)
values (:slot::uuid)
on conflict (slot) do update set at = clock_timestamp()
returning mark.token is not distinct from :token::uuid as committed
