-- What is a letter, a blank or a digit, and what a letter is in the other case. A database has a locale that answers this,
-- and a Turkish one makes a dotless i of I: another e-mail address, another member, another transaction, sent once more.
-- So we ask this collation wherever it matters (sql/functions/letters.sql), and never the database.
-- PostgreSQL 17 brings the tables of Unicode itself; 16 has them from ICU, and built without it knows the letters A to Z.
do $$
declare
  known text := (select collname from pg_collation
                  where collnamespace = 'pg_catalog'::regnamespace and collname in ('pg_c_utf8', 'und-x-icu', 'C')
                  order by array_position(array['pg_c_utf8', 'und-x-icu', 'C'], collname::text) limit 1);
begin
  execute format('create collation pointferry.letters from pg_catalog.%I', known);
end
$$;
