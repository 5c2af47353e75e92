-- Answers that came after another process had taken over: evidence of the attempt that they answer, and
-- nothing else. A ledger that went back hands out the same numbers again, of operations and owners too; the
-- key is no number. Without an attempt that is exactly the one that was sent, the answer is dropped.
insert into pointferry.late_answer (attempt, token, outcome, http_status, reason, answer)
select attempt.id, attempt.token, answer.outcome, answer.http_status, answer.reason, answer.answer
from json_to_recordset(:answers::json)
  as answer (
    attempt bigint, operation bigint, key text, outcome text, http_status integer, reason text, answer text)
join pointferry.operation op on op.id = answer.operation and op.key = answer.key
join pointferry.attempt on attempt.id = answer.attempt and attempt.operation = op.id
  and attempt.token = :token
