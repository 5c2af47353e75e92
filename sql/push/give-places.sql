-- So many of the places that a process holds are free again, the highest numbers first.
delete from pointferry.place
where account = :account and token = :token
  and number in (
    select held.number from pointferry.place held
    where held.account = :account and held.token = :token
    order by held.number desc
    limit :fewer
  )
