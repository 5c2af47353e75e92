-- A state gets its key only now, because its subject is part of the key; an event has had its key from the
-- beginning.
update pointferry.operation o
set state = 'ready', subject = n.subject, park_until = null,
    lane = (select l.id from pointferry.lane l where l.account = o.account and l.subject_type = :subject_type and l.subject = n.subject),
    key = coalesce(o.key, pointferry.idempotency_key(o.account, o.kind,
      pointferry.state_thing(n.subject, o.version_at, o.run_seq, o.file_place, o.record), o.revision))
from unnest(:ids::bigint[], :subjects::text[]) n(id, subject)
where o.id = n.id and o.state = 'parked'
returning o.run
