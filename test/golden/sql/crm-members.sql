-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not ((not (coalesce(btrim(c25_status, E' \t\r\n\u00a0\ufeff'), '') = 'D'))) as filtered,
  null::text as gkey,
  null::text as slot,
  null::text as identity,
  null::numeric as amount,
  null::text as currency,
  false as unreadable,
  pointferry.digest('content 1' || '8:birthday' || pointferry.piece(coalesce(btrim(c2_birth_date, E' \t\r\n\u00a0\ufeff'), '')) || '5:email' || pointferry.piece(coalesce(btrim(c5_email, E' \t\r\n\u00a0\ufeff'), '')) || '16:external_user_id' || pointferry.piece(coalesce(btrim(c8_customer_id, E' \t\r\n\u00a0\ufeff'), '')) || '10:first_name' || pointferry.piece(coalesce(btrim(c11_first_name, E' \t\r\n\u00a0\ufeff'), '')) || '9:last_name' || pointferry.piece(coalesce(btrim(c14_last_name, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v7_external_user_id::text) || '5:phone' || pointferry.piece(coalesce(btrim(c20_phone, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t1_birthday is not null and v1_birthday is null))
      or ((t4_email is not null and v4_email is null))
      or ((t19_phone is not null and v19_phone is null))
      or ((t22_version is not null and v22_version is null))
      or ((v22_version is null and not (coalesce(t22_version is not null and v22_version is null, false))))
    then array_remove(array[case when (t1_birthday is not null and v1_birthday is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'birthday', 'birth_date', c2_birth_date, 'not in the format MM/dd/yyyy') end,
      case when (t4_email is not null and v4_email is null) then pointferry.fault('NORMALIZE_NOT_AN_EMAIL', 'email', 'email', c5_email, 'not an e-mail address') end,
      case when (t19_phone is not null and v19_phone is null) then pointferry.fault('NORMALIZE_NOT_A_PHONE', 'phone', 'phone', c20_phone, 'not a possible phone number') end,
      case when (t22_version is not null and v22_version is null) then pointferry.fault(case when l22_version_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'version', 'changed_at', c23_changed_at, 'not in the format yyyy-MM-dd HH:mm:ss') end,
      case when (v22_version is null and not (coalesce(t22_version is not null and v22_version is null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'version', 'changed_at', null::text, 'the version is empty') end]::jsonb[], null) end as faults,
  v1_birthday,
  v4_email,
  v7_external_user_id,
  v10_first_name,
  v13_last_name,
  v19_phone,
  v22_version
from (
  select q.*, d1_birthday_1 as v1_birthday,
         pointferry.email_of(t4_email) as v4_email,
         t7_external_user_id as v7_external_user_id,
         t10_first_name as v10_first_name,
         t13_last_name as v13_last_name,
         (select p.e164 from pointferry_staging.phones p where p.value = t19_phone and p.region = 'US') as v19_phone,
         (l22_version_1 at time zone 'UTC') as v22_version
  from (
    select q.*, pointferry.local_of(d22_version_1, coalesce(substr(p22_version_1, 12, 2), '0')::integer, coalesce(substr(p22_version_1, 15, 2), '0')::integer, coalesce(substr(p22_version_1, 18, 2), '0')::integer) as l22_version_1
    from (
      select q.*, pointferry.date_of(substr(p1_birthday_1, 7, 4)::integer, substr(p1_birthday_1, 1, 2)::integer, substr(p1_birthday_1, 4, 2)::integer) as d1_birthday_1,
             pointferry.date_of(substr(p22_version_1, 1, 4)::integer, substr(p22_version_1, 6, 2)::integer, substr(p22_version_1, 9, 2)::integer) as d22_version_1
      from (
        select q.*, case when pointferry.matches(t1_birthday, '(?i)^(?:[0-9]{2})/(?:[0-9]{2})/(?:[0-9]{4})$') then t1_birthday end as p1_birthday_1,
               case when pointferry.matches(t22_version, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2}):(?:[0-9]{2})$') then t22_version end as p22_version_1
        from (
          select q.*, nullif(nullif(btrim(c2_birth_date, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t1_birthday,
                 pointferry.lower_of(nullif(nullif(btrim(c5_email, E' \t\r\n\u00a0\ufeff'), ''), 'NULL')) as t4_email,
                 nullif(nullif(btrim(c8_customer_id, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t7_external_user_id,
                 nullif(nullif(btrim(c11_first_name, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t10_first_name,
                 nullif(btrim(c14_last_name, E' \t\r\n\u00a0\ufeff'), '') as t13_last_name,
                 nullif(nullif(btrim(c20_phone, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t19_phone,
                 nullif(nullif(btrim(c23_changed_at, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t22_version
          from (
            select r._record as record,
                   r._line as line,
                   r."birth_date" as c2_birth_date,
                   r."email" as c5_email,
                   r."customer_id" as c8_customer_id,
                   r."first_name" as c11_first_name,
                   r."last_name" as c14_last_name,
                   r."phone" as c20_phone,
                   r."changed_at" as c23_changed_at,
                   r."status" as c25_status
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
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('birthday' : to_char(v1_birthday, 'YYYY-MM-DD'), 'email' : v4_email, 'external_user_id' : v7_external_user_id, 'first_name' : v10_first_name, 'last_name' : v13_last_name, 'phone' : v19_phone absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, v22_version as version_at,
      null::numeric as value,
      case when (v7_external_user_id is null and not pointferry.is_faulty(row_faults, 'member'))
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v7_external_user_id is null and not pointferry.is_faulty(row_faults, 'member') then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'customer_id', v7_external_user_id, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'customer_id', x.member_id, 'not of the shape that the platform takes') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'customer_id', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'customer_id', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v7_external_user_id as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_birthday, v4_email, v7_external_user_id, v10_first_name, v13_last_name, v19_phone, v22_version
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'crm' and x.key = m.member_key
    offset 0) c
  offset 0) d;

