-- The credentials work again. Only the stop that was seen: a newer one is somebody else's news.
update pointferry.account set stopped_at = null, stop_reason = null
where name = :account and (extract(epoch from stopped_at) * 1000000)::bigint = :seen::bigint
