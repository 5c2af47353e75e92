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
  pointferry.digest('content 1' || '23:family_member_birthdays' || pointferry.piece(coalesce(btrim(c2_child_1_born, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c5_child_1, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c9_child_2_born, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c12_child_2, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c16_child_3_born, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c19_child_3, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v22_member::text)) as content,
  case when ((t1_family_member_birthdays_0_birthday is not null and v1_family_member_birthdays_0_birthday is null))
      or ((t8_family_member_birthdays_1_birthday is not null and v8_family_member_birthdays_1_birthday is null))
      or ((t15_family_member_birthdays_2_birthday is not null and v15_family_member_birthdays_2_birthday is null))
    then array_remove(array[case when (t1_family_member_birthdays_0_birthday is not null and v1_family_member_birthdays_0_birthday is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'family_member_birthdays[0].birthday', 'Child 1 Born', c2_child_1_born, 'not in the format M/d/yyyy') end,
      case when (t8_family_member_birthdays_1_birthday is not null and v8_family_member_birthdays_1_birthday is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'family_member_birthdays[1].birthday', 'Child 2 Born', c9_child_2_born, 'not in the format M/d/yyyy') end,
      case when (t15_family_member_birthdays_2_birthday is not null and v15_family_member_birthdays_2_birthday is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'family_member_birthdays[2].birthday', 'Child 3 Born', c16_child_3_born, 'not in the format M/d/yyyy') end]::jsonb[], null) end as faults,
  v1_family_member_birthdays_0_birthday,
  v4_family_member_birthdays_0_first_name,
  v7_family_member_birthdays_0_status,
  v8_family_member_birthdays_1_birthday,
  v11_family_member_birthdays_1_first_name,
  v15_family_member_birthdays_2_birthday,
  v18_family_member_birthdays_2_first_name,
  v22_member
from (
  select q.*, d1_family_member_birthdays_0_birthday_1 as v1_family_member_birthdays_0_birthday,
         t4_family_member_birthdays_0_first_name as v4_family_member_birthdays_0_first_name,
         t7_family_member_birthdays_0_status as v7_family_member_birthdays_0_status,
         d8_family_member_birthdays_1_birthday_1 as v8_family_member_birthdays_1_birthday,
         t11_family_member_birthdays_1_first_name as v11_family_member_birthdays_1_first_name,
         d15_family_member_birthdays_2_birthday_1 as v15_family_member_birthdays_2_birthday,
         t18_family_member_birthdays_2_first_name as v18_family_member_birthdays_2_first_name,
         t22_member as v22_member
  from (
    select q.*, pointferry.date_of(p1_family_member_birthdays_0_birthday_1[3]::integer, p1_family_member_birthdays_0_birthday_1[1]::integer, p1_family_member_birthdays_0_birthday_1[2]::integer) as d1_family_member_birthdays_0_birthday_1,
           pointferry.date_of(p8_family_member_birthdays_1_birthday_1[3]::integer, p8_family_member_birthdays_1_birthday_1[1]::integer, p8_family_member_birthdays_1_birthday_1[2]::integer) as d8_family_member_birthdays_1_birthday_1,
           pointferry.date_of(p15_family_member_birthdays_2_birthday_1[3]::integer, p15_family_member_birthdays_2_birthday_1[1]::integer, p15_family_member_birthdays_2_birthday_1[2]::integer) as d15_family_member_birthdays_2_birthday_1
    from (
      select q.*, case when pointferry.matches(t1_family_member_birthdays_0_birthday, '(?i)^(?:[0-9]{1,2})/(?:[0-9]{1,2})/(?:[0-9]{4})$') then string_to_array(translate(t1_family_member_birthdays_0_birthday, '/', ''), '') end as p1_family_member_birthdays_0_birthday_1,
             case when pointferry.matches(t8_family_member_birthdays_1_birthday, '(?i)^(?:[0-9]{1,2})/(?:[0-9]{1,2})/(?:[0-9]{4})$') then string_to_array(translate(t8_family_member_birthdays_1_birthday, '/', ''), '') end as p8_family_member_birthdays_1_birthday_1,
             case when pointferry.matches(t15_family_member_birthdays_2_birthday, '(?i)^(?:[0-9]{1,2})/(?:[0-9]{1,2})/(?:[0-9]{4})$') then string_to_array(translate(t15_family_member_birthdays_2_birthday, '/', ''), '') end as p15_family_member_birthdays_2_birthday_1
      from (
        select q.*, nullif(btrim(c2_child_1_born, E' \t\r\n\u00a0\ufeff'), '') as t1_family_member_birthdays_0_birthday,
               nullif(btrim(c5_child_1, E' \t\r\n\u00a0\ufeff'), '') as t4_family_member_birthdays_0_first_name,
               'active'::text as t7_family_member_birthdays_0_status,
               nullif(btrim(c9_child_2_born, E' \t\r\n\u00a0\ufeff'), '') as t8_family_member_birthdays_1_birthday,
               nullif(btrim(c12_child_2, E' \t\r\n\u00a0\ufeff'), '') as t11_family_member_birthdays_1_first_name,
               nullif(btrim(c16_child_3_born, E' \t\r\n\u00a0\ufeff'), '') as t15_family_member_birthdays_2_birthday,
               nullif(btrim(c19_child_3, E' \t\r\n\u00a0\ufeff'), '') as t18_family_member_birthdays_2_first_name,
               nullif(btrim(c23_loyalty_no, E' \t\r\n\u00a0\ufeff'), '') as t22_member
        from (
          select r._record as record,
                 r._line as line,
                 r."Child 1 Born" as c2_child_1_born,
                 r."Child 1" as c5_child_1,
                 r."Child 2 Born" as c9_child_2_born,
                 r."Child 2" as c12_child_2,
                 r."Child 3 Born" as c16_child_3_born,
                 r."Child 3" as c19_child_3,
                 r."Loyalty No" as c23_loyalty_no
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
  content, value, case when status = 'ok' then json_object('family_member_birthdays' : (select jsonb_agg(i.item order by i.n) filter (where i.item is not null) from (values (0, case when (v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) then json_object('birthday' : to_char(v1_family_member_birthdays_0_birthday, 'YYYY-MM-DD'), 'first_name' : v4_family_member_birthdays_0_first_name, 'status' : v7_family_member_birthdays_0_status absent on null returning jsonb) end), (1, case when (v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) then json_object('birthday' : to_char(v8_family_member_birthdays_1_birthday, 'YYYY-MM-DD'), 'first_name' : v11_family_member_birthdays_1_first_name, 'status' : v7_family_member_birthdays_0_status absent on null returning jsonb) end), (2, case when (v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) then json_object('birthday' : to_char(v15_family_member_birthdays_2_birthday, 'YYYY-MM-DD'), 'first_name' : v18_family_member_birthdays_2_first_name, 'status' : v7_family_member_birthdays_0_status absent on null returning jsonb) end)) i(n, item)) absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'America/New_York') as version_at,
      null::numeric as value,
      case when ((v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v1_family_member_birthdays_0_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].birthday'))
          or ((v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v4_family_member_birthdays_0_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].first_name'))
          or ((v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].status'))
          or ((v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']))
          or ((v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v8_family_member_birthdays_1_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].birthday'))
          or ((v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v11_family_member_birthdays_1_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].first_name'))
          or ((v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].status'))
          or ((v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']))
          or ((v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v15_family_member_birthdays_2_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].birthday'))
          or ((v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v18_family_member_birthdays_2_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].first_name'))
          or ((v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].status'))
          or ((v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']))
          or (v22_member is null and not pointferry.is_faulty(row_faults, 'member'))
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when (v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v1_family_member_birthdays_0_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].birthday') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[0].birthday', 'Child 1 Born', to_char(v1_family_member_birthdays_0_birthday, 'YYYY-MM-DD'), 'family_member_birthdays[0].birthday is required') end,
          case when (v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v4_family_member_birthdays_0_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].first_name') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[0].first_name', 'Child 1', v4_family_member_birthdays_0_first_name, 'family_member_birthdays[0].first_name is required') end,
          case when (v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[0].status') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[0].status', '', v7_family_member_birthdays_0_status, 'family_member_birthdays[0].status is required') end,
          case when (v1_family_member_birthdays_0_birthday is not null or v4_family_member_birthdays_0_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'family_member_birthdays[0].status', '', v7_family_member_birthdays_0_status, 'one of active, inactive') end,
          case when (v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v8_family_member_birthdays_1_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].birthday') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[1].birthday', 'Child 2 Born', to_char(v8_family_member_birthdays_1_birthday, 'YYYY-MM-DD'), 'family_member_birthdays[1].birthday is required') end,
          case when (v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v11_family_member_birthdays_1_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].first_name') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[1].first_name', 'Child 2', v11_family_member_birthdays_1_first_name, 'family_member_birthdays[1].first_name is required') end,
          case when (v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[1].status') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[1].status', '', v7_family_member_birthdays_0_status, 'family_member_birthdays[1].status is required') end,
          case when (v8_family_member_birthdays_1_birthday is not null or v11_family_member_birthdays_1_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'family_member_birthdays[1].status', '', v7_family_member_birthdays_0_status, 'one of active, inactive') end,
          case when (v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v15_family_member_birthdays_2_birthday is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].birthday') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[2].birthday', 'Child 3 Born', to_char(v15_family_member_birthdays_2_birthday, 'YYYY-MM-DD'), 'family_member_birthdays[2].birthday is required') end,
          case when (v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v18_family_member_birthdays_2_first_name is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].first_name') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[2].first_name', 'Child 3', v18_family_member_birthdays_2_first_name, 'family_member_birthdays[2].first_name is required') end,
          case when (v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v7_family_member_birthdays_0_status is null and not pointferry.is_faulty(row_faults, 'family_member_birthdays[2].status') then pointferry.fault('NORMALIZE_REQUIRED', 'family_member_birthdays[2].status', '', v7_family_member_birthdays_0_status, 'family_member_birthdays[2].status is required') end,
          case when (v15_family_member_birthdays_2_birthday is not null or v18_family_member_birthdays_2_first_name is not null) and v7_family_member_birthdays_0_status <> all (array['active', 'inactive']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'family_member_birthdays[2].status', '', v7_family_member_birthdays_0_status, 'one of active, inactive') end,
          case when v22_member is null and not pointferry.is_faulty(row_faults, 'member') then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'Loyalty No', v22_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'Loyalty No', x.member_id, 'not of the shape that the platform takes') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Loyalty No', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Loyalty No', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v22_member as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_family_member_birthdays_0_birthday, v4_family_member_birthdays_0_first_name, v7_family_member_birthdays_0_status, v8_family_member_birthdays_1_birthday, v11_family_member_birthdays_1_first_name, v15_family_member_birthdays_2_birthday, v18_family_member_birthdays_2_first_name, v22_member
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

