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
  pointferry.digest('content 1' || '29:membership_campaigns_included' || pointferry.piece(coalesce(btrim(c2_campaign, E' \t\r\n\u00a0\ufeff'), '')) || '32:membership_custom_qualifier_name' || pointferry.piece(coalesce(btrim(c5_qualifier, E' \t\r\n\u00a0\ufeff'), '')) || '21:membership_program_id' || pointferry.piece(v7_membership_program_id::text) || '23:membership_program_name' || pointferry.piece(coalesce(btrim(c11_name, E' \t\r\n\u00a0\ufeff'), '')) || '16:membership_style' || pointferry.piece(coalesce(btrim(c14_style, E' \t\r\n\u00a0\ufeff'), '')) || '21:membership_time_range' || pointferry.piece(coalesce(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), '')) || '20:membership_time_unit' || pointferry.piece(coalesce(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t16_membership_time_range is not null and v16_membership_time_range is null))
      or ((t22_version is not null and v22_version is null))
      or ((v22_version is null and not (coalesce(t22_version is not null and v22_version is null, false))))
    then array_remove(array[case when (t16_membership_time_range is not null and v16_membership_time_range is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'membership_time_range', 'Window', c17_window, 'not a whole number') end,
      case when (t22_version is not null and v22_version is null) then pointferry.fault(case when l22_version_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'version', 'Last changed', c23_last_changed, 'not in the format d-MMM-yy HH:mm, or a local time that does not exist or exists twice there') end,
      case when (v22_version is null and not (coalesce(t22_version is not null and v22_version is null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'version', 'Last changed', null::text, 'the version is empty') end]::jsonb[], null) end as faults,
  v1_membership_campaigns_included,
  v4_membership_custom_qualifier_name,
  v7_membership_program_id,
  v10_membership_program_name,
  v13_membership_style,
  v16_membership_time_range,
  v19_membership_time_unit,
  v22_version
from (
  select q.*, m1_membership_campaigns_included as v1_membership_campaigns_included,
         t4_membership_custom_qualifier_name as v4_membership_custom_qualifier_name,
         t7_membership_program_id as v7_membership_program_id,
         t10_membership_program_name as v10_membership_program_name,
         t13_membership_style as v13_membership_style,
         pointferry.integer_of(n16_membership_time_range) as v16_membership_time_range,
         t19_membership_time_unit as v19_membership_time_unit,
         pointferry.instant_of(l22_version_1, 'Europe/Berlin', 'reject') as v22_version
  from (
    select q.*, pointferry.local_of(d22_version_1, coalesce(p22_version_1[4], '0')::integer, coalesce(p22_version_1[5], '0')::integer, 0) as l22_version_1
    from (
      select q.*, pointferry.date_of(pointferry.year_of(p22_version_1[3]::integer, 70), pointferry.month_of(p22_version_1[2]), p22_version_1[1]::integer) as d22_version_1
      from (
        select q.*, t16_membership_time_range as n16_membership_time_range,
               case when pointferry.matches(t22_version, E'(?i)^(?:[0-9]{1,2})\\-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2})$') then string_to_array(translate(t22_version, '- :', ''), '') end as p22_version_1
        from (
          select q.*, case when t1_membership_campaigns_included is null then 'all' else t1_membership_campaigns_included end as m1_membership_campaigns_included
          from (
            select q.*, nullif(btrim(c2_campaign, E' \t\r\n\u00a0\ufeff'), '') as t1_membership_campaigns_included,
                   nullif(nullif(btrim(c5_qualifier, E' \t\r\n\u00a0\ufeff'), ''), '-') as t4_membership_custom_qualifier_name,
                   nullif(btrim(c8_program_id, E' \t\r\n\u00a0\ufeff'), '') as t7_membership_program_id,
                   nullif(btrim(c11_name, E' \t\r\n\u00a0\ufeff'), '') as t10_membership_program_name,
                   pointferry.upper_of(nullif(btrim(c14_style, E' \t\r\n\u00a0\ufeff'), '')) as t13_membership_style,
                   nullif(pointferry.replaced(nullif(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), ''), '[^0-9].*$', ''), '') as t16_membership_time_range,
                   pointferry.upper_of(nullif(pointferry.replaced(nullif(btrim(c17_window, E' \t\r\n\u00a0\ufeff'), ''), '^[0-9]+ *', ''), '')) as t19_membership_time_unit,
                   nullif(btrim(c23_last_changed, E' \t\r\n\u00a0\ufeff'), '') as t22_version
            from (
              select r._record as record,
                     r._line as line,
                     r."Campaign" as c2_campaign,
                     r."Qualifier" as c5_qualifier,
                     r."Program ID" as c8_program_id,
                     r."Name" as c11_name,
                     r."Style" as c14_style,
                     r."Window" as c17_window,
                     r."Last changed" as c23_last_changed
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
    select m.*, member_key as subject, v22_version as version_at,
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
        then array_remove(array[case when v1_membership_campaigns_included is null and not pointferry.is_faulty(row_faults, 'membership_campaigns_included') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_campaigns_included', 'Campaign', v1_membership_campaigns_included, 'membership_campaigns_included is required') end,
          case when v7_membership_program_id is null and not pointferry.is_faulty(row_faults, 'membership_program_id') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_program_id', 'Program ID', v7_membership_program_id, 'membership_program_id is required') end,
          case when v10_membership_program_name is null and not pointferry.is_faulty(row_faults, 'membership_program_name') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_program_name', 'Name', v10_membership_program_name, 'membership_program_name is required') end,
          case when v13_membership_style is null and not pointferry.is_faulty(row_faults, 'membership_style') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_style', 'Style', v13_membership_style, 'membership_style is required') end,
          case when v13_membership_style <> all (array['A', 'B']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_style', 'Style', v13_membership_style, 'one of A, B') end,
          case when v16_membership_time_range is null and not pointferry.is_faulty(row_faults, 'membership_time_range') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_time_range', 'Window', v16_membership_time_range::text, 'membership_time_range is required') end,
          case when v16_membership_time_range < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'membership_time_range', 'Window', v16_membership_time_range::text, 'membership_time_range must not be negative') end,
          case when v19_membership_time_unit is null and not pointferry.is_faulty(row_faults, 'membership_time_unit') then pointferry.fault('NORMALIZE_REQUIRED', 'membership_time_unit', 'Window', v19_membership_time_unit, 'membership_time_unit is required') end,
          case when v19_membership_time_unit <> all (array['D', 'M', 'Y']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'membership_time_unit', 'Window', v19_membership_time_unit, 'one of D, M, Y') end,
          case when v13_membership_style = 'B' and not (v4_membership_custom_qualifier_name is not null) then pointferry.fault('NORMALIZE_RULE', 'membership_style', 'Style+Qualifier', null::text, 'a program of style B needs its qualifier name') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'membership_program_id', 'Program ID', member_key, 'the key of membership_program_id is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v7_membership_program_id as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_membership_campaigns_included, v4_membership_custom_qualifier_name, v7_membership_program_id, v10_membership_program_name, v13_membership_style, v16_membership_time_range, v19_membership_time_unit, v22_version
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    
    offset 0) c
  offset 0) d;

