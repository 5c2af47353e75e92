-- Is anything of these runs left to do, or in flight on our lanes (doubts taken over from other runs)?
select
  exists (
    select 1 from pointferry.operation op
    where op.run = any (:runs::text[]) and op.state in ('ready', 'sending', 'in_doubt')
      and (:among::bigint[] is null or op.id = any (:among::bigint[]))
      and (:only::text is null or :only in (op.identity, op.key, op.member_key, op.subject)
           or right(op.identity, length(:only) + 1) = ':' || :only)
  ) or exists (
    select 1 from pointferry.lane
    where lane.token = :token and lane.account = :account and lane.in_flight is not null
  ) as unsettled,
  exists (
    select 1 from pointferry.operation op
    where op.run = any (:runs::text[]) and op.state in ('ready', 'sending', 'in_doubt')
  ) as pending
