-- Everything that was sent for operations, with the answers that came after their sender had been fenced.
select a.id, a.operation, a.revision, a.n, a.run, a.purpose, a.method, a.url, a.body, a.intended_at as "at", a.outcome,
       a.http_status, a.platform_code, a.reason, a.answer, a.request_id, a.ms,
       (select json_agg(json_build_object('at', l.at, 'outcome', l.outcome, 'httpStatus', l.http_status, 'reason', l.reason) order by l.id)
          from pointferry.late_answer l where l.attempt = a.id) as late
from pointferry.attempt a where a.operation = any(:operations) order by a.operation, a.intended_at, a.id
limit 500
