-- The same by anything else that names an operation. No index leads there, so this is a scan.
select id from pointferry.operation
where member_key = :value or subject = :value or key = :value or request_id = :value or platform_id = :value
   or key like :prefix
union
select operation from pointferry.attempt where request_id = :value
limit 50
