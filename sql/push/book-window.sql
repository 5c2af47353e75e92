-- Slices long gone are taken away on the way.
with gone as (
  delete from pointferry.permit_slice
  where account = :account and window_ms = :window_ms::bigint
    and slice_at < clock_timestamp()
      - 2 * make_interval(secs => (:window_ms::float8 + :slice_ms::float8) / 1000)
)
insert into pointferry.permit_slice (account, window_ms, slice_at, booked)
values (
  :account, :window_ms::bigint,
  date_bin(make_interval(secs => :slice_ms::float8 / 1000), clock_timestamp(), 'epoch'), :permits
)
on conflict (account, window_ms, slice_at) do update set booked = permit_slice.booked + excluded.booked
