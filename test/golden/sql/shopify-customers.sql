-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not (((coalesce(btrim(c11_email, E' \t\r\n\u00a0\ufeff'), '') = any (array[''])) = false)) as filtered,
  null::text as gkey,
  null::text as slot,
  null::text as identity,
  null::numeric as amount,
  null::text as currency,
  false as unreadable,
  pointferry.digest('content 1' || '16:external_user_id' || pointferry.piece(coalesce(btrim(c2_customer_id, E' \t\r\n\u00a0\ufeff'), '')) || '10:first_name' || pointferry.piece(coalesce(btrim(c5_first_name, E' \t\r\n\u00a0\ufeff'), '')) || '9:last_name' || pointferry.piece(coalesce(btrim(c8_last_name, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v10_member::text) || '5:phone' || pointferry.piece(coalesce(btrim(c14_phone, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c15_default_address_phone, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t13_phone is not null and v13_phone is null))
    then array_remove(array[case when (t13_phone is not null and v13_phone is null) then pointferry.fault('NORMALIZE_NOT_A_PHONE', 'phone', 'Phone+Default Address Phone', concat_ws(' | ', c14_phone, c15_default_address_phone), 'not a possible phone number') end]::jsonb[], null) end as faults,
  v1_external_user_id,
  v4_first_name,
  v7_last_name,
  v10_member,
  v13_phone
from (
  select q.*, t1_external_user_id as v1_external_user_id,
         t4_first_name as v4_first_name,
         t7_last_name as v7_last_name,
         t10_member as v10_member,
         (select p.e164 from pointferry_staging.phones p where p.value = t13_phone and p.region = 'US') as v13_phone
  from (
    select q.*, nullif(pointferry.replaced(nullif(btrim(c2_customer_id, E' \t\r\n\u00a0\ufeff'), ''), '^''', ''), '') as t1_external_user_id,
           nullif(pointferry.replaced(nullif(btrim(c5_first_name, E' \t\r\n\u00a0\ufeff'), ''), E'\\s+', ' '), '') as t4_first_name,
           nullif(pointferry.replaced(nullif(btrim(c8_last_name, E' \t\r\n\u00a0\ufeff'), ''), E'\\s+', ' '), '') as t7_last_name,
           pointferry.lower_of(nullif(btrim(c11_email, E' \t\r\n\u00a0\ufeff'), '')) as t10_member,
           coalesce(nullif(pointferry.replaced(nullif(btrim(c14_phone, E' \t\r\n\u00a0\ufeff'), ''), '^''', ''), ''), nullif(pointferry.replaced(nullif(btrim(c15_default_address_phone, E' \t\r\n\u00a0\ufeff'), ''), '^''', ''), '')) as t13_phone
    from (
      select r._record as record,
             r._line as line,
             r."Customer ID" as c2_customer_id,
             r."First Name" as c5_first_name,
             r."Last Name" as c8_last_name,
             r."Email" as c11_email,
             r."Phone" as c14_phone,
             r."Default Address Phone" as c15_default_address_phone
      from pointferry_staging."raw_0" r
      offset 0
    ) q
    offset 0
  ) q
  offset 0
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('external_user_id' : v1_external_user_id, 'first_name' : v4_first_name, 'last_name' : v7_last_name, 'phone' : v13_phone absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'America/New_York') as version_at,
      null::numeric as value,
      case when (v10_member is null and not pointferry.is_faulty(row_faults, 'member'))
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v10_member is null and not pointferry.is_faulty(row_faults, 'member') then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'Email', v10_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'Email', x.member_id, 'not of the shape that the platform takes') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Email', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Email', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v10_member as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_external_user_id, v4_first_name, v7_last_name, v10_member, v13_phone
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'email' and x.key = m.member_key
    offset 0) c
  offset 0) d;

