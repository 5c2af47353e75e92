-- The last statement before COMMIT. Writes nothing, and so gives no row, where the transaction has written nothing either.
-- A connection's first mark also takes away the marks of connections long gone.
with gone as (
  delete from pointferry.commit_mark
  where slot in (
    select slot from pointferry.commit_mark
    where :first::boolean and at < now() - interval '1 day'
    for update skip locked
  )
)
insert into pointferry.commit_mark as mark (slot, token)
select :slot::uuid, :token::uuid
where pg_current_xact_id_if_assigned() is not null
on conflict (slot) do update set token = excluded.token, at = clock_timestamp()
