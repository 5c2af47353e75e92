-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  false as filtered,
  null::text as gkey,
  null::text as slot,
  null::text as identity,
  null::numeric as amount,
  null::text as currency,
  false as unreadable,
  pointferry.digest('content 1' || '29:membership_campaigns_included' || pointferry.piece(coalesce(btrim(c2_campaigns, E' \t\r\n\u00a0\ufeff'), '')) || '32:membership_custom_qualifier_name' || pointferry.piece(coalesce(btrim(c5_qualifier, E' \t\r\n\u00a0\ufeff'), '')) || '21:membership_program_id' || pointferry.piece(v7_membership_program_id::text) || '23:membership_program_name' || pointferry.piece(coalesce(btrim(c11_name, E' \t\r\n\u00a0\ufeff'), '')) || '16:membership_style' || pointferry.piece(coalesce(btrim(c14_style, E' \t\r\n\u00a0\ufeff'), '')) || '21:membership_time_range' || pointferry.piece(coalesce(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), '')) || '20:membership_time_unit' || pointferry.piece(coalesce(btrim(c20_unit, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t13_membership_style is not null and m13_membership_style is null))
      or ((t16_membership_time_range is not null and v16_membership_time_range is null))
      or ((t19_membership_time_unit is not null and m19_membership_time_unit is null))
    then array_remove(array[case when (t13_membership_style is not null and m13_membership_style is null) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_style', 'style', c14_style, 'not a value that the map of the pipeline knows') end,
      case when (t16_membership_time_range is not null and v16_membership_time_range is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'membership_time_range', 'window', c17_window, 'not a whole number') end,
      case when (t19_membership_time_unit is not null and m19_membership_time_unit is null) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_time_unit', 'unit', c20_unit, 'not a value that the map of the pipeline knows') end]::jsonb[], null) end as faults,
  v1_membership_campaigns_included,
  v4_membership_custom_qualifier_name,
  v7_membership_program_id,
  v10_membership_program_name,
  v13_membership_style,
  v16_membership_time_range,
  v19_membership_time_unit
from (
  select q.*, t1_membership_campaigns_included as v1_membership_campaigns_included,
         t4_membership_custom_qualifier_name as v4_membership_custom_qualifier_name,
         t7_membership_program_id as v7_membership_program_id,
         t10_membership_program_name as v10_membership_program_name,
         m13_membership_style as v13_membership_style,
         pointferry.integer_of(n16_membership_time_range) as v16_membership_time_range,
         m19_membership_time_unit as v19_membership_time_unit
  from (
    select q.*, t16_membership_time_range as n16_membership_time_range
    from (
      select q.*, case when t13_membership_style is null then null else case t13_membership_style when 'points' then 'A' when 'custom' then 'B' else null end end as m13_membership_style,
             case when t19_membership_time_unit is null then null else case t19_membership_time_unit when 'days' then 'D' when 'months' then 'M' when 'years' then 'Y' else null end end as m19_membership_time_unit
      from (
        select q.*, nullif(btrim(c2_campaigns, E' \t\r\n\u00a0\ufeff'), '') as t1_membership_campaigns_included,
               nullif(btrim(c5_qualifier, E' \t\r\n\u00a0\ufeff'), '') as t4_membership_custom_qualifier_name,
               nullif(btrim(c8_program_id, E' \t\r\n\u00a0\ufeff'), '') as t7_membership_program_id,
               nullif(btrim(c11_name, E' \t\r\n\u00a0\ufeff'), '') as t10_membership_program_name,
               nullif(btrim(c14_style, E' \t\r\n\u00a0\ufeff'), '') as t13_membership_style,
               nullif(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), '') as t16_membership_time_range,
               pointferry.lower_of(nullif(btrim(c20_unit, E' \t\r\n\u00a0\ufeff'), '')) as t19_membership_time_unit
        from (
          select r._record as record,
                 r._line as line,
                 r."campaigns" as c2_campaigns,
                 r."qualifier" as c5_qualifier,
                 r."program_id" as c8_program_id,
                 r."name" as c11_name,
                 r."style" as c14_style,
                 r."window" as c17_window,
                 r."unit" as c20_unit
          from pointferry_staging."raw_0" r
          offset 0
        ) q
        offset 0
      ) q
      offset 0
    ) q
    offset 0
  ) q
  offset 0
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('membership_campaigns_included' : v1_membership_campaigns_included, 'membership_custom_qualifier_name' : v4_membership_custom_qualifier_name, 'membership_program_name' : v10_membership_program_name, 'membership_style' : v13_membership_style, 'membership_time_range' : v16_membership_time_range::text, 'membership_time_unit' : v19_membership_time_unit absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, member_key as subject, (date '2000-01-01'::timestamp at time zone 'UTC') as version_at,
      null::numeric as value,
      case when (v1_membership_campaigns_included is null and not pointferry.is_faulty(row_faults, 'membership_campaigns_included'))
          or (v7_membership_program_id is null and not pointferry.is_faulty(row_faults, 'membership_program_id'))
          or (v10_membership_program_name is null and not pointferry.is_faulty(row_faults, 'membership_program_name'))
          or (v13_membership_style is null and not pointferry.is_faulty(row_faults, 'membership_style'))
          or (v13_membership_style <> all (array['A', 'B']))
          or (v16_membership_time_range is null and not pointferry.is_faulty(row_faults, 'membership_time_range'))
          or (v16_membership_time_range < 0)
          or (v19_membership_time_unit is null and not pointferry.is_faulty(row_faults, 'membership_time_unit'))
          or (v19_membership_time_unit <> all (array['D', 'M', 'Y']))
          or (v13_membership_style = 'B' and not (v4_membership_custom_qualifier_name is not null))
          or (octet_length(member_key) > 512)
        then array_remove(array[case when v1_membership_campaigns_included is null and not pointferry.is_faulty(row_faults, 'membership_campaigns_included') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_campaigns_included', 'campaigns', v1_membership_campaigns_included, 'membership_campaigns_included is required') end,
          case when v7_membership_program_id is null and not pointferry.is_faulty(row_faults, 'membership_program_id') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_program_id', 'program_id', v7_membership_program_id, 'membership_program_id is required') end,
          case when v10_membership_program_name is null and not pointferry.is_faulty(row_faults, 'membership_program_name') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_program_name', 'name', v10_membership_program_name, 'membership_program_name is required') end,
          case when v13_membership_style is null and not pointferry.is_faulty(row_faults, 'membership_style') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_style', 'style', v13_membership_style, 'membership_style is required') end,
          case when v13_membership_style <> all (array['A', 'B']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_style', 'style', v13_membership_style, 'one of A, B') end,
          case when v16_membership_time_range is null and not pointferry.is_faulty(row_faults, 'membership_time_range') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_time_range', 'window', v16_membership_time_range::text, 'membership_time_range is required') end,
          case when v16_membership_time_range < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'membership_time_range', 'window', v16_membership_time_range::text, 'membership_time_range must not be negative') end,
          case when v19_membership_time_unit is null and not pointferry.is_faulty(row_faults, 'membership_time_unit') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_time_unit', 'unit', v19_membership_time_unit, 'membership_time_unit is required') end,
          case when v19_membership_time_unit <> all (array['D', 'M', 'Y']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_time_unit', 'unit', v19_membership_time_unit, 'one of D, M, Y') end,
          case when v13_membership_style = 'B' and not (v4_membership_custom_qualifier_name is not null) then pointferry.fault('NORMALIZE_RULE', 'membership_style', 'style+qualifier', null::text, 'a program of style B needs its qualifier name') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'membership_program_id', 'program_id', member_key, 'the key of membership_program_id is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v7_membership_program_id as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_membership_campaigns_included, v4_membership_custom_qualifier_name, v7_membership_program_id, v10_membership_program_name, v13_membership_style, v16_membership_time_range, v19_membership_time_unit
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    
    offset 0) c
  offset 0) d;

