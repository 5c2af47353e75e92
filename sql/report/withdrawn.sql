-- Files of which corrections of this run no longer hold rows, and how many.
select w.file, w.of_file, f.run as of_run, count(*)::integer as rows
from pointferry.withdrawn w
join pointferry.file c on c.id = w.file
join pointferry.file f on f.id = w.of_file
where c.run = :run
group by w.file, w.of_file, f.run
order by w.file, w.of_file
