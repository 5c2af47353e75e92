select o.id, o.account, o.kind, o.nature, o.run, o.identity, o.subject, o.member_key as "memberKey", o.revision, o.key, o.value,
       o.state, o.attempts, o.version_at as "versionAt", o.code, o.field, o.reason, o.http_status as "httpStatus",
       o.platform_code as "platformCode", o.platform_id as "platformId", o.request_id as "requestId",
       o.settled_at as "settledAt", o.settled_by as "settledBy", o.park_until as "parkUntil"
from pointferry.operation o where o.id = any(:operations) order by o.id
