-- GCRA without a burst: the block begins at the first free instant, and the next one after its end. `lead`
-- leaves time to commit the intents. A first free instant far in the future is a clock that was set back, not
-- a booking. A guard that 429s made wider narrows again slowly: about 1 ms per 50 blocks; jitter fades to a
-- third within 5 s of slots.
update pointferry.account
set next_slot_at = greatest(
      case when next_slot_at < clock_timestamp() + make_interval(secs => :far_ms::float8 / 1000)
           then next_slot_at else '-infinity' end,
      clock_timestamp() + make_interval(secs => :lead_ms::float8 / 1000)
    ) + make_interval(secs => :span_ms::float8 / 1000),
    slot_guard_ms = case when slot_guard_ms > 20 and random() < 0.02 then slot_guard_ms - 1
                         else slot_guard_ms end,
    slot_jitter_ms = greatest(:jitter_ms::float8, slot_jitter_ms * exp(-:span_ms::float8 / 5000))
where name = :account
returning (extract(epoch from next_slot_at) * 1000)::float8 - :span_ms::float8 as start_ms
