select coalesce(max(place), 0) + 1 as place from pointferry.file where run = :run
