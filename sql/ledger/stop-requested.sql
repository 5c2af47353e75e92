select stop_requested is not null as stop from pointferry.run where id = :id
