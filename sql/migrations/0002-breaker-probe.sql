-- When the next probe may be sent while the breaker is open, or until when the one that was sent is waited for: a
-- process that dies with the probe in hand must not keep the breaker open for ever.
alter table pointferry.account add column breaker_probe_at timestamptz;
