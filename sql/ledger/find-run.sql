-- PIPELINE@last and PIPELINE@DATE: the newest run of the pipeline (of that business date, else started on it, UTC). A rerun is a
-- view over rows of others, and goes by its id.
select id from pointferry.run
 where pipeline = :pipeline and mode <> 'rerun'
   and (:date::date is null or coalesce(business_date, (started_at at time zone 'UTC')::date) = :date::date)
 order by seq desc limit 1
