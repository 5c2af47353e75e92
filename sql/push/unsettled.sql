-- Is anything of these runs left to do, or in flight on our lanes (doubts taken over from other runs)?
select
  exists (
    select 1 from pointferry.operation o
    where o.run = any (:runs::text[]) and o.state in ('ready', 'sending', 'in_doubt')
      and (:among::bigint[] is null or o.id = any (:among::bigint[]))
      and (:only::text is null or :only in (o.identity, o.key, o.member_key, o.subject)
           or right(o.identity, length(:only) + 1) = ':' || :only)
  ) or exists (
    select 1 from pointferry.lane l where l.token = :token and l.account = :account and l.in_flight is not null
  ) as unsettled,
  exists (
    select 1 from pointferry.operation o
    where o.run = any (:runs::text[]) and o.state in ('ready', 'sending', 'in_doubt')
  ) as pending
