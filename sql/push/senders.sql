-- Who sends for the account now, and how many places each holds: read under the lock of the account's row.
-- `gone`: ended, or fenced. What a fenced process sent may still be at work on the platform, so that its
-- places stay taken a little longer (`resting`): for as long as its answers took, by the database's clock. A
-- fence that lies ahead is a clock that was set back.
select sender.token, sender.slowest_ms, count(place.number)::integer as places,
       owner.ended_at is not null or owner.fenced_at is not null as gone,
       owner.ended_at is null and owner.fenced_at is not null and clock_timestamp() between owner.fenced_at
         and owner.fenced_at + make_interval(secs => sender.slowest_ms / 1000) as resting
from pointferry.sender
join pointferry.owner on owner.token = sender.token
left join pointferry.place on place.account = sender.account and place.token = sender.token
where sender.account = :account
group by sender.token, sender.slowest_ms, owner.ended_at, owner.fenced_at
order by sender.token
