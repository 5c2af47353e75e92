-- Permits booked in a long window. A slice counts until the whole of it lies outside.
-- nullable: free_in_ms
select
  coalesce(sum(booked), 0)::float8 as used,
  (extract(epoch from min(slice_at) + make_interval(secs => (:window_ms::float8 + :slice_ms::float8) / 1000)
    - clock_timestamp()) * 1000)::float8 as free_in_ms
from pointferry.permit_slice
where account = :account and window_ms = :window_ms::bigint
  and slice_at > clock_timestamp() - make_interval(secs => (:window_ms::float8 + :slice_ms::float8) / 1000)
