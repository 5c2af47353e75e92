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
  pointferry.digest('content 1' || '12:addressLine1' || pointferry.piece(coalesce(btrim(c2_street, E' \t\r\n\u00a0\ufeff'), '')) || '9:birthDate' || pointferry.piece(coalesce(btrim(c7_born, E' \t\r\n\u00a0\ufeff'), '')) || '16:customAttributes' || pointferry.piece(coalesce(btrim(c11_extra, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c14_news, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c17_seen, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c20_visits, E' \t\r\n\u00a0\ufeff'), '')) || '12:emailAddress' || pointferry.piece(coalesce(btrim(c23_mail, E' \t\r\n\u00a0\ufeff'), '')) || '14:enrollmentDate' || pointferry.piece(coalesce(btrim(c26_since, E' \t\r\n\u00a0\ufeff'), '')) || '9:firstName' || pointferry.piece(coalesce(btrim(c29_first, E' \t\r\n\u00a0\ufeff'), '')) || '8:lastName' || pointferry.piece(coalesce(btrim(c32_prefix, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c33_last, E' \t\r\n\u00a0\ufeff'), '')) || '11:phoneNumber' || pointferry.piece(coalesce(btrim(c37_phone, E' \t\r\n\u00a0\ufeff'), '')) || '9:profileId' || pointferry.piece(v39_profileid::text) || '19:redemptionThreshold' || pointferry.piece(coalesce(btrim(c43_threshold, E' \t\r\n\u00a0\ufeff'), '')) || '6:region' || pointferry.piece(coalesce(btrim(c46_region, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t6_birthdate is not null and v6_birthdate is null))
      or ((t10_customattributes_extra is not null and v10_customattributes_extra is null))
      or ((t13_customattributes_newsletter is not null and v13_customattributes_newsletter is null))
      or ((t16_customattributes_seen is not null and v16_customattributes_seen is null))
      or ((t19_customattributes_visits is not null and v19_customattributes_visits is null))
      or ((t22_emailaddress is not null and v22_emailaddress is null))
      or ((t25_enrollmentdate is not null and v25_enrollmentdate is null))
      or ((length(t28_firstname) > 40))
      or ((length(t28_firstname) < 2))
      or ((t36_phonenumber is not null and v36_phonenumber is null))
      or ((t42_redemptionthreshold is not null and v42_redemptionthreshold is null))
    then array_remove(array[case when (t6_birthdate is not null and v6_birthdate is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'birthDate', 'born', c7_born, 'not in the format dd.MM.yyyy or d MMMM yyyy') end,
      case when (t10_customattributes_extra is not null and v10_customattributes_extra is null) then pointferry.fault('NORMALIZE_NOT_JSON', 'customAttributes.extra', 'extra', c11_extra, 'not JSON') end,
      case when (t13_customattributes_newsletter is not null and v13_customattributes_newsletter is null) then pointferry.fault('NORMALIZE_NOT_A_BOOLEAN', 'customAttributes.newsletter', 'news', c14_news, 'not one of the yes and no words') end,
      case when (t16_customattributes_seen is not null and v16_customattributes_seen is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'customAttributes.seen', 'seen', c17_seen, 'not in the format epoch ms') end,
      case when (t19_customattributes_visits is not null and v19_customattributes_visits is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'customAttributes.visits', 'visits', c20_visits, 'not a whole number') end,
      case when (t22_emailaddress is not null and v22_emailaddress is null) then pointferry.fault('NORMALIZE_NOT_AN_EMAIL', 'emailAddress', 'mail', c23_mail, 'not an e-mail address') end,
      case when (t25_enrollmentdate is not null and v25_enrollmentdate is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'enrollmentDate', 'since', c26_since, 'not in the format iso') end,
      case when (length(t28_firstname) > 40) then pointferry.fault('NORMALIZE_TOO_LONG', 'firstName', 'first', c29_first, 'longer than 40 characters') end,
      case when (length(t28_firstname) < 2) then pointferry.fault('NORMALIZE_TOO_SHORT', 'firstName', 'first', c29_first, 'shorter than 2 characters') end,
      case when (t36_phonenumber is not null and v36_phonenumber is null) then pointferry.fault('NORMALIZE_NOT_A_PHONE', 'phoneNumber', 'phone', c37_phone, 'not a possible phone number') end,
      case when (t42_redemptionthreshold is not null and v42_redemptionthreshold is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'redemptionThreshold', 'threshold', c43_threshold, 'not a number in the stated form') end]::jsonb[], null) end as faults,
  v1_addressline1,
  x1_addressline1,
  v6_birthdate,
  v9_country,
  v10_customattributes_extra,
  v13_customattributes_newsletter,
  v16_customattributes_seen,
  v19_customattributes_visits,
  v22_emailaddress,
  v25_enrollmentdate,
  v28_firstname,
  v31_lastname,
  v36_phonenumber,
  v39_profileid,
  v42_redemptionthreshold,
  v45_region
from (
  select q.*, t1_addressline1 as v1_addressline1,
         coalesce(d6_birthdate_1, d6_birthdate_2) as v6_birthdate,
         t9_country as v9_country,
         pointferry.json_of(t10_customattributes_extra) as v10_customattributes_extra,
         pointferry.boolean_of(t13_customattributes_newsletter, array['ja'], array['nein']) as v13_customattributes_newsletter,
         pointferry.instant_of_epoch(pointferry.decimal_of(t16_customattributes_seen), 1000) as v16_customattributes_seen,
         pointferry.integer_of(n19_customattributes_visits) as v19_customattributes_visits,
         pointferry.email_of(t22_emailaddress) as v22_emailaddress,
         d25_enrollmentdate_1 as v25_enrollmentdate,
         t28_firstname as v28_firstname,
         t31_lastname as v31_lastname,
         pointferry.phone_digits_of(t36_phonenumber) as v36_phonenumber,
         t39_profileid as v39_profileid,
         pointferry.decimal_of(case when n42_redemptionthreshold ~ '^[+-]?[0-9]+$' then n42_redemptionthreshold end) * 0.01 as v42_redemptionthreshold,
         t45_region as v45_region
  from (
    select q.*, pointferry.date_of(substr(p6_birthdate_1, 7, 4)::integer, substr(p6_birthdate_1, 4, 2)::integer, substr(p6_birthdate_1, 1, 2)::integer) as d6_birthdate_1,
           pointferry.date_of(p6_birthdate_2[3]::integer, pointferry.month_of(p6_birthdate_2[2]), p6_birthdate_2[1]::integer) as d6_birthdate_2,
           pointferry.date_of(substr(p25_enrollmentdate_1, 1, 4)::integer, substr(p25_enrollmentdate_1, 6, 2)::integer, substr(p25_enrollmentdate_1, 9, 2)::integer) as d25_enrollmentdate_1
    from (
      select q.*, case when pointferry.matches(t6_birthdate, E'(?i)^(?:[0-9]{2})\\.(?:[0-9]{2})\\.(?:[0-9]{4})$') then t6_birthdate end as p6_birthdate_1,
             case when pointferry.matches(t6_birthdate, '(?i)^(?:[0-9]{1,2}) (?:january|february|march|april|may|june|july|august|september|october|november|december) (?:[0-9]{4})$') then string_to_array(translate(t6_birthdate, ' ', ''), '') end as p6_birthdate_2,
             t19_customattributes_visits as n19_customattributes_visits,
             case when pointferry.matches(t25_enrollmentdate, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2})$') then t25_enrollmentdate end as p25_enrollmentdate_1,
             t42_redemptionthreshold as n42_redemptionthreshold
      from (
        select q.*, case when not coalesce(btrim(c2_street, E' \t\r\n\u00a0\ufeff') = any (array['-', '(none)']), false) then nullif(nullif(nullif(btrim(c2_street, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') end as t1_addressline1,
               coalesce(btrim(c2_street, E' \t\r\n\u00a0\ufeff') = any (array['-', '(none)']), false) as x1_addressline1,
               nullif(nullif(nullif(btrim(c7_born, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t6_birthdate,
               'DE'::text as t9_country,
               nullif(nullif(nullif(btrim(c11_extra, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t10_customattributes_extra,
               nullif(nullif(nullif(btrim(c14_news, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t13_customattributes_newsletter,
               nullif(nullif(nullif(btrim(c17_seen, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t16_customattributes_seen,
               nullif(pointferry.replaced(nullif(nullif(nullif(btrim(c20_visits, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N'), E'^([+-]?[0-9]+)\\.0+$', E'\\1'), '') as t19_customattributes_visits,
               pointferry.lower_of(nullif(pointferry.replaced(nullif(nullif(nullif(btrim(c23_mail, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N'), E'\\s+', ''), '')) as t22_emailaddress,
               nullif(nullif(nullif(btrim(c26_since, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t25_enrollmentdate,
               nullif(pointferry.replaced(nullif(nullif(nullif(c29_first, ''), 'NULL'), E'\\N'), E'\\s+', ' '), '') as t28_firstname,
               nullif(concat_ws(' ', pointferry.upper_of(nullif(nullif(nullif(btrim(c32_prefix, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N')), pointferry.upper_of(nullif(nullif(nullif(btrim(c33_last, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N'))), '') as t31_lastname,
               nullif(pointferry.replaced(nullif(nullif(nullif(btrim(c37_phone, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N'), '^''', ''), '') as t36_phonenumber,
               nullif(pointferry.replaced(pointferry.replaced(nullif(nullif(nullif(btrim(c40_no, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N'), '[^0-9]+', ''), '^49', ''), '') as t39_profileid,
               nullif(nullif(nullif(btrim(c43_threshold, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t42_redemptionthreshold,
               nullif(nullif(nullif(btrim(c46_region, E' \t\r\n\u00a0\ufeff'), ''), 'NULL'), E'\\N') as t45_region
        from (
          select r._record as record,
                 r._line as line,
                 r."street" as c2_street,
                 r."born" as c7_born,
                 r."extra" as c11_extra,
                 r."news" as c14_news,
                 r."seen" as c17_seen,
                 r."visits" as c20_visits,
                 r."mail" as c23_mail,
                 r."since" as c26_since,
                 r."first" as c29_first,
                 r."prefix" as c32_prefix,
                 r."last" as c33_last,
                 r."phone" as c37_phone,
                 r."no" as c40_no,
                 r."threshold" as c43_threshold,
                 r."region" as c46_region
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
  content, value, case when status = 'ok' then json_object('addressLine1' : v1_addressline1, 'birthDate' : to_char(v6_birthdate, 'YYYY-MM-DD'), 'country' : v9_country, 'customAttributes' : case when (v10_customattributes_extra is not null or v13_customattributes_newsletter is not null or v16_customattributes_seen is not null or v19_customattributes_visits is not null) then json_object('extra' : v10_customattributes_extra, 'newsletter' : v13_customattributes_newsletter::text, 'seen' : pointferry.instant_handed(v16_customattributes_seen), 'visits' : v19_customattributes_visits::text absent on null returning jsonb) end, 'emailAddress' : v22_emailaddress, 'enrollmentDate' : to_char(v25_enrollmentdate, 'YYYY-MM-DD'), 'firstName' : v28_firstname, 'lastName' : v31_lastname, 'phoneNumber' : v36_phonenumber, 'redemptionThreshold' : v42_redemptionthreshold::text, 'region' : v45_region absent on null returning jsonb) || case when x1_addressline1 then jsonb_build_object('addressLine1', null) else '{}' end end as payload, status, faults
from (
  select c.*, case when member_key is not null and subject is null then 'filtered' else case when bad_line is not null or faults is not null then 'rejected' else 'ok' end end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'Europe/Berlin') as version_at,
      null::numeric as value,
      case when (length(v1_addressline1) > 500)
          or (length(v22_emailaddress) > 254)
          or (length(v28_firstname) > 100)
          or (length(v31_lastname) > 100)
          or (v39_profileid is null and not pointferry.is_faulty(row_faults, 'profileId'))
          or (length(v45_region) > 150)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when length(v1_addressline1) > 500 then pointferry.fault('NORMALIZE_TOO_LONG', 'addressLine1', 'street', v1_addressline1, 'longer than 500 characters') end,
          case when length(v22_emailaddress) > 254 then pointferry.fault('NORMALIZE_TOO_LONG', 'emailAddress', 'mail', v22_emailaddress, 'longer than 254 characters') end,
          case when length(v28_firstname) > 100 then pointferry.fault('NORMALIZE_TOO_LONG', 'firstName', 'first', v28_firstname, 'longer than 100 characters') end,
          case when length(v31_lastname) > 100 then pointferry.fault('NORMALIZE_TOO_LONG', 'lastName', 'prefix+last', v31_lastname, 'longer than 100 characters') end,
          case when v39_profileid is null and not pointferry.is_faulty(row_faults, 'profileId') then pointferry.fault('NORMALIZE_REQUIRED', 'profileId', 'no', v39_profileid, 'profileId is required') end,
          case when length(v45_region) > 150 then pointferry.fault('NORMALIZE_TOO_LONG', 'region', 'region', v45_region, 'longer than 150 characters') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'profileId', 'no', member_key, 'the key of profileId is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'profileId', 'no', x.member_id, 'the id that the crosswalk has for profileId is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v39_profileid as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_addressline1, x1_addressline1, v6_birthdate, v9_country, v10_customattributes_extra, v13_customattributes_newsletter, v16_customattributes_seen, v19_customattributes_visits, v22_emailaddress, v25_enrollmentdate, v28_firstname, v31_lastname, v36_phonenumber, v39_profileid, v42_redemptionthreshold, v45_region
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'fabric' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

