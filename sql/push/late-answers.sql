-- Answers that came after another process had taken over: evidence, nothing else.
insert into pointferry.late_answer (attempt, token, outcome, http_status, reason, answer)
select a.attempt, :token, a.outcome, a.http_status, a.reason, a.answer
from json_to_recordset(:answers::json) as a (attempt bigint, outcome text, http_status integer, reason text, answer text)
