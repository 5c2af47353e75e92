-- Dates and times. Texts are taken apart by the regular expression that a stated format compiles to; these functions get
-- the parts as numbers, check that such a day and time exist, and never raise (`to_date` does, and passes 05/06/2021xyz;
-- `::date` follows DateStyle). null: there is no such day, time or instant.

create or replace function pointferry.days_in_month(y integer, m integer) returns integer
language sql immutable parallel safe as $$
  select case when m in (4, 6, 9, 11) then 30 when m <> 2 then 31
    when y % 4 = 0 and (y % 100 <> 0 or y % 400 = 0) then 29 else 28 end
$$;

create or replace function pointferry.date_of(y integer, m integer, d integer) returns date
language sql immutable parallel safe as $$
  select case when y between 1 and 9999 and m between 1 and 12 and d between 1 and pointferry.days_in_month(y, m)
    then make_date(y, m, d) end
$$;

-- A two-digit year: below the pivot it belongs to this century, else to the last one.
create or replace function pointferry.year_of(yy integer, pivot integer) returns integer
language sql immutable parallel safe as $$
  select yy + case when yy >= pivot then 1900 else 2000 end
$$;

-- English month names by their first three letters.
create or replace function pointferry.month_of(name text) returns integer
language sql immutable parallel safe as $$
  select (strpos('janfebmaraprmayjunjulaugsepoctnovdec', lower(left(name, 3) collate "C")) + 2) / 3
$$;

-- Hours of a clock with a.m. and p.m.: 12 a.m. is 0, 12 p.m. is 12.
create or replace function pointferry.hour_of(h integer, half text) returns integer
language sql immutable parallel safe as $$
  select case when h between 1 and 12 then h % 12 + case when left(half, 1) in ('p', 'P') then 12 else 0 end end
$$;

-- Seconds beyond 59 are refused, leap seconds too.
create or replace function pointferry.local_of(d date, h integer, mi integer, s integer) returns timestamp
language sql immutable parallel safe as $$
  select case when h between 0 and 23 and mi between 0 and 59 and s between 0 and 59 then d + make_time(h, mi, s) end
$$;

-- Digits after the point, cut at microseconds.
create or replace function pointferry.fraction_of(digits text) returns interval
language sql immutable parallel safe as $$
  select make_interval(secs => ('0.' || left(digits, 6))::double precision)
$$;

-- Minutes of an offset in the text: Z, +02, +0200, +02:00. Beyond 18 hours there is none.
create or replace function pointferry.offset_of(t text) returns integer
language sql immutable parallel safe as $$
  select case when t in ('Z', 'z') then 0
    when t ~ '^[+-](0[0-9]|1[0-8])(:?[0-5][0-9])?$'
      then (case left(t, 1) when '-' then -1 else 1 end)
        * (substr(t, 2, 2)::integer * 60 + coalesce(nullif(right(translate(substr(t, 4), ':', ''), 2), '')::integer, 0)) end
$$;

create or replace function pointferry.instant_at_offset(l timestamp, minutes integer) returns timestamptz
language sql immutable parallel safe as $$
  select (l - make_interval(mins => minutes)) at time zone 'UTC'
$$;

create or replace function pointferry.instant_of_epoch(n numeric, per_second integer) returns timestamptz
language sql immutable parallel safe as $$
  select case when n between -62135596800::numeric * per_second and 253402300799::numeric * per_second
    then (timestamp '1970-01-01' + make_interval(secs => (n / per_second)::double precision)) at time zone 'UTC' end
$$;

-- The instant of a local time. On a day whose clocks change there are two candidates, one per offset: an hour that is
-- skipped fits neither, an hour that comes twice fits both; PostgreSQL alone moves the first and picks one of the
-- second without a word. `ambiguous`: reject (null), or the earlier or the later candidate.
-- Where the same hours of the day before and the day after are 48 hours apart, no clock changed in between.
create or replace function pointferry.instant_of(l timestamp, zone text, ambiguous text) returns timestamptz
language sql immutable parallel safe as $$
  select case
    when ((l + interval '1 day') at time zone zone) - ((l - interval '1 day') at time zone zone) = interval '2 days'
    then l at time zone zone
    else pointferry.instant_on_change_day(l, zone, ambiguous)
  end
$$;

create or replace function pointferry.instant_on_change_day(l timestamp, zone text, ambiguous text) returns timestamptz
language plpgsql immutable parallel safe as $$
declare
  -- local time minus UTC, a day before and a day after
  before timestamptz := (l - ((l - interval '1 day') - ((l - interval '1 day') at time zone zone at time zone 'UTC'))) at time zone 'UTC';
  after  timestamptz := (l - ((l + interval '1 day') - ((l + interval '1 day') at time zone zone at time zone 'UTC'))) at time zone 'UTC';
  before_fits boolean := before at time zone zone = l;
  after_fits  boolean := after at time zone zone = l;
begin
  if before_fits and not after_fits then return before; end if;
  if after_fits and not before_fits then return after; end if;
  if before = after then return before; end if;
  return case ambiguous when 'earlier' then least(before, after) when 'later' then greatest(before, after) end;
end
$$;

-- Instants as they are hashed: ISO 8601 in UTC, microseconds, Z. Stable, as to_char is: an immutable one is not inlined.
create or replace function pointferry.instant_text(i timestamptz) returns text
language sql stable parallel safe as $$
  select to_char(i at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- Instants as they are handed over to a kind: the same with milliseconds, as JSON documents write them.
create or replace function pointferry.instant_handed(i timestamptz) returns text
language sql stable parallel safe as $$
  select to_char(i at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
