-- Written, or said to a person why not; unless their rows were moved again meanwhile.
update pointferry.run set files_due = null
where id = :id and (extract(epoch from files_due) * 1000000)::bigint = :due::bigint
returning id
