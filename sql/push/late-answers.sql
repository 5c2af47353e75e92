-- Answers that came after another process had taken over: evidence of the attempt that they answer, and nothing else. A ledger
-- that went back hands out the same numbers again, of operations and owners too; the key is no number. Without an attempt
-- that is exactly the one that was sent, the answer is dropped.
insert into pointferry.late_answer (attempt, token, outcome, http_status, reason, answer)
select a.id, a.token, s.outcome, s.http_status, s.reason, s.answer
from json_to_recordset(:answers::json)
  as s (attempt bigint, operation bigint, key text, outcome text, http_status integer, reason text, answer text)
join pointferry.operation o on o.id = s.operation and o.key = s.key
join pointferry.attempt a on a.id = s.attempt and a.operation = o.id and a.token = :token
