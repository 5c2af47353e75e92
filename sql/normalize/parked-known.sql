-- Parked operations whose member is known by now, found by state. In whatever order normalize and an import
-- commit, the next look finds them. Locked, so that two processes share the work. An id too long for a lane
-- (an entry older than the limit) counts as none.
select o.id, x.member_id as subject
from pointferry.operation o
join pointferry.crosswalk x on x.account = o.account and x.key_type = o.member_key_type and x.key = o.member_key
where o.state = 'parked' and o.account = :account and o.pipeline = :pipeline and octet_length(x.member_id) <= :most_bytes
order by o.id
limit :limit
for update of o skip locked
