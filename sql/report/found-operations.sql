select o.id, o.account, o.kind, o.nature, o.run, o.identity, o.subject, o.member_key, o.revision, o.key, o.value,
       o.state, o.attempts, o.version_at, o.code, o.field, o.reason, o.http_status,
       o.platform_code, o.platform_id, o.request_id,
       o.settled_at, o.settled_by, o.park_until
from pointferry.operation o where o.id = any(:operations) order by o.id
