-- What requests of anybody who sends for the account were late by, of late: where several send, none of them knows when
-- the others' requests arrived, and all must leave room for the same lateness. It fades as slots are booked.
alter table pointferry.account
  add column slot_jitter_ms real not null default 40 check (slot_jitter_ms between 0 and 1000);

-- No platform documents a look-up, and none is made.
alter table pointferry.attempt
  drop constraint attempt_purpose_check,
  add constraint attempt_purpose_check check (purpose in ('send', 'resend'));
