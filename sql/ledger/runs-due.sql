-- Runs whose files are to be written again. One that is held writes its own at its end. The instant as a number, whatever the
-- server's DateStyle.
select id, folder, (extract(epoch from files_due) * 1000000)::bigint as due
from pointferry.run where files_due is not null and owner is null order by seq
