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
  pointferry.digest('content 1' || '12:addressLine1' || pointferry.piece(coalesce(btrim(c2_adresse1, E' \t\r\n\u00a0\ufeff'), '')) || '12:addressLine2' || pointferry.piece(coalesce(btrim(c5_adresse2, E' \t\r\n\u00a0\ufeff'), '')) || '9:birthDate' || pointferry.piece(coalesce(btrim(c10_naissance, E' \t\r\n\u00a0\ufeff'), '')) || '4:city' || pointferry.piece(coalesce(btrim(c13_ville, E' \t\r\n\u00a0\ufeff'), '')) || '7:country' || pointferry.piece(coalesce(btrim(c16_pays, E' \t\r\n\u00a0\ufeff'), '')) || '16:customAttributes' || pointferry.piece(coalesce(btrim(c19_langue, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c22_magasin, E' \t\r\n\u00a0\ufeff'), '')) || '12:emailAddress' || pointferry.piece(coalesce(btrim(c25_courriel, E' \t\r\n\u00a0\ufeff'), '')) || '9:firstName' || pointferry.piece(coalesce(btrim(c28_prenom, E' \t\r\n\u00a0\ufeff'), '')) || '6:gender' || pointferry.piece(coalesce(btrim(c31_sexe, E' \t\r\n\u00a0\ufeff'), '')) || '8:lastName' || pointferry.piece(coalesce(btrim(c34_nom, E' \t\r\n\u00a0\ufeff'), '')) || '11:phoneNumber' || pointferry.piece(coalesce(btrim(c37_telephone, E' \t\r\n\u00a0\ufeff'), '')) || '10:postalCode' || pointferry.piece(coalesce(btrim(c40_code_postal, E' \t\r\n\u00a0\ufeff'), '')) || '9:profileId' || pointferry.piece(v42_profileid::text) || '19:redemptionThreshold' || pointferry.piece(coalesce(btrim(c46_seuil, E' \t\r\n\u00a0\ufeff'), '')) || '6:region' || pointferry.piece(coalesce(btrim(c49_province, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t9_birthdate is not null and v9_birthdate is null))
      or ((t24_emailaddress is not null and v24_emailaddress is null))
      or ((t30_gender is not null and m30_gender is null))
      or ((t36_phonenumber is not null and v36_phonenumber is null))
      or ((t45_redemptionthreshold is not null and v45_redemptionthreshold is null))
      or ((t51_version is not null and v51_version is null))
      or ((v51_version is null and not (coalesce(t51_version is not null and v51_version is null, false))))
    then array_remove(array[case when (t9_birthdate is not null and v9_birthdate is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'birthDate', 'naissance', c10_naissance, 'not in the format dd/MM/yyyy') end,
      case when (t24_emailaddress is not null and v24_emailaddress is null) then pointferry.fault('NORMALIZE_NOT_AN_EMAIL', 'emailAddress', 'courriel', c25_courriel, 'not an e-mail address') end,
      case when (t30_gender is not null and m30_gender is null) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'gender', 'sexe', c31_sexe, 'not a value that the map of the pipeline knows') end,
      case when (t36_phonenumber is not null and v36_phonenumber is null) then pointferry.fault('NORMALIZE_NOT_A_PHONE', 'phoneNumber', 'telephone', c37_telephone, 'not a possible phone number') end,
      case when (t45_redemptionthreshold is not null and v45_redemptionthreshold is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'redemptionThreshold', 'seuil', c46_seuil, 'not a number in the stated form') end,
      case when (t51_version is not null and v51_version is null) then pointferry.fault(case when l51_version_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'version', 'modifie_le', c52_modifie_le, 'not in the format yyyy-MM-dd HH:mm, or a local time that does not exist or exists twice there') end,
      case when (v51_version is null and not (coalesce(t51_version is not null and v51_version is null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'version', 'modifie_le', null::text, 'the version is empty') end]::jsonb[], null) end as faults,
  v1_addressline1,
  v4_addressline2,
  x4_addressline2,
  v9_birthdate,
  v12_city,
  v15_country,
  v18_customattributes_langue,
  v21_customattributes_magasin,
  v24_emailaddress,
  v27_firstname,
  v30_gender,
  v33_lastname,
  v36_phonenumber,
  v39_postalcode,
  v42_profileid,
  v45_redemptionthreshold,
  v48_region,
  v51_version
from (
  select q.*, t1_addressline1 as v1_addressline1,
         t4_addressline2 as v4_addressline2,
         d9_birthdate_1 as v9_birthdate,
         t12_city as v12_city,
         t15_country as v15_country,
         t18_customattributes_langue as v18_customattributes_langue,
         t21_customattributes_magasin as v21_customattributes_magasin,
         pointferry.email_of(t24_emailaddress) as v24_emailaddress,
         t27_firstname as v27_firstname,
         m30_gender as v30_gender,
         t33_lastname as v33_lastname,
         pointferry.phone_digits_of(t36_phonenumber) as v36_phonenumber,
         t39_postalcode as v39_postalcode,
         t42_profileid as v42_profileid,
         pointferry.decimal_of(n45_redemptionthreshold) as v45_redemptionthreshold,
         t48_region as v48_region,
         pointferry.instant_of(l51_version_1, 'America/Toronto', 'reject') as v51_version
  from (
    select q.*, pointferry.local_of(d51_version_1, coalesce(substr(p51_version_1, 12, 2), '0')::integer, coalesce(substr(p51_version_1, 15, 2), '0')::integer, 0) as l51_version_1
    from (
      select q.*, pointferry.date_of(substr(p9_birthdate_1, 7, 4)::integer, substr(p9_birthdate_1, 4, 2)::integer, substr(p9_birthdate_1, 1, 2)::integer) as d9_birthdate_1,
             pointferry.date_of(substr(p51_version_1, 1, 4)::integer, substr(p51_version_1, 6, 2)::integer, substr(p51_version_1, 9, 2)::integer) as d51_version_1
      from (
        select q.*, case when pointferry.matches(t9_birthdate, '(?i)^(?:[0-9]{2})/(?:[0-9]{2})/(?:[0-9]{4})$') then t9_birthdate end as p9_birthdate_1,
               pointferry.with_point(pointferry.without_groups(t45_redemptionthreshold, E'[ \\u00a0\\u202f]', ',')) as n45_redemptionthreshold,
               case when pointferry.matches(t51_version, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2})$') then t51_version end as p51_version_1
        from (
          select q.*, case when t30_gender is null then null else case t30_gender when 'F' then 'Female' when 'M' then 'Male' when 'X' then 'Other' else null end end as m30_gender
          from (
            select q.*, nullif(btrim(c2_adresse1, E' \t\r\n\u00a0\ufeff'), '') as t1_addressline1,
                   case when not coalesce(btrim(c5_adresse2, E' \t\r\n\u00a0\ufeff') = any (array['(effacer)']), false) then nullif(btrim(c5_adresse2, E' \t\r\n\u00a0\ufeff'), '') end as t4_addressline2,
                   coalesce(btrim(c5_adresse2, E' \t\r\n\u00a0\ufeff') = any (array['(effacer)']), false) as x4_addressline2,
                   nullif(btrim(c10_naissance, E' \t\r\n\u00a0\ufeff'), '') as t9_birthdate,
                   nullif(btrim(c13_ville, E' \t\r\n\u00a0\ufeff'), '') as t12_city,
                   nullif(btrim(c16_pays, E' \t\r\n\u00a0\ufeff'), '') as t15_country,
                   nullif(btrim(c19_langue, E' \t\r\n\u00a0\ufeff'), '') as t18_customattributes_langue,
                   nullif(btrim(c22_magasin, E' \t\r\n\u00a0\ufeff'), '') as t21_customattributes_magasin,
                   pointferry.lower_of(nullif(btrim(c25_courriel, E' \t\r\n\u00a0\ufeff'), '')) as t24_emailaddress,
                   nullif(btrim(c28_prenom, E' \t\r\n\u00a0\ufeff'), '') as t27_firstname,
                   nullif(btrim(c31_sexe, E' \t\r\n\u00a0\ufeff'), '') as t30_gender,
                   nullif(btrim(c34_nom, E' \t\r\n\u00a0\ufeff'), '') as t33_lastname,
                   nullif(btrim(c37_telephone, E' \t\r\n\u00a0\ufeff'), '') as t36_phonenumber,
                   pointferry.upper_of(nullif(btrim(c40_code_postal, E' \t\r\n\u00a0\ufeff'), '')) as t39_postalcode,
                   nullif(btrim(c43_no_client, E' \t\r\n\u00a0\ufeff'), '') as t42_profileid,
                   nullif(btrim(c46_seuil, E' \t\r\n\u00a0\ufeff'), '') as t45_redemptionthreshold,
                   nullif(btrim(c49_province, E' \t\r\n\u00a0\ufeff'), '') as t48_region,
                   nullif(btrim(c52_modifie_le, E' \t\r\n\u00a0\ufeff'), '') as t51_version
            from (
              select r._record as record,
                     r._line as line,
                     r."adresse1" as c2_adresse1,
                     r."adresse2" as c5_adresse2,
                     r."naissance" as c10_naissance,
                     r."ville" as c13_ville,
                     r."pays" as c16_pays,
                     r."langue" as c19_langue,
                     r."magasin" as c22_magasin,
                     r."courriel" as c25_courriel,
                     r."prenom" as c28_prenom,
                     r."sexe" as c31_sexe,
                     r."nom" as c34_nom,
                     r."telephone" as c37_telephone,
                     r."code_postal" as c40_code_postal,
                     r."no_client" as c43_no_client,
                     r."seuil" as c46_seuil,
                     r."province" as c49_province,
                     r."modifie_le" as c52_modifie_le
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
  content, value, case when status = 'ok' then json_object('addressLine1' : v1_addressline1, 'addressLine2' : v4_addressline2, 'birthDate' : to_char(v9_birthdate, 'YYYY-MM-DD'), 'city' : v12_city, 'country' : v15_country, 'customAttributes' : case when (v18_customattributes_langue is not null or v21_customattributes_magasin is not null) then json_object('langue' : v18_customattributes_langue, 'magasin' : v21_customattributes_magasin absent on null returning jsonb) end, 'emailAddress' : v24_emailaddress, 'firstName' : v27_firstname, 'gender' : v30_gender, 'lastName' : v33_lastname, 'phoneNumber' : v36_phonenumber, 'postalCode' : v39_postalcode, 'redemptionThreshold' : v45_redemptionthreshold::text, 'region' : v48_region absent on null returning jsonb) || case when x4_addressline2 then jsonb_build_object('addressLine2', null) else '{}' end end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, v51_version as version_at,
      null::numeric as value,
      case when (length(v1_addressline1) > 500)
          or (length(v4_addressline2) > 500)
          or (length(v12_city) > 50)
          or (length(v24_emailaddress) > 254)
          or (length(v27_firstname) > 100)
          or (v30_gender <> all (array['None', 'Male', 'Female', 'Other']))
          or (length(v33_lastname) > 100)
          or (v42_profileid is null and not pointferry.is_faulty(row_faults, 'profileId'))
          or (length(v48_region) > 150)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when length(v1_addressline1) > 500 then pointferry.fault('NORMALIZE_TOO_LONG', 'addressLine1', 'adresse1', v1_addressline1, 'longer than 500 characters') end,
          case when length(v4_addressline2) > 500 then pointferry.fault('NORMALIZE_TOO_LONG', 'addressLine2', 'adresse2', v4_addressline2, 'longer than 500 characters') end,
          case when length(v12_city) > 50 then pointferry.fault('NORMALIZE_TOO_LONG', 'city', 'ville', v12_city, 'longer than 50 characters') end,
          case when length(v24_emailaddress) > 254 then pointferry.fault('NORMALIZE_TOO_LONG', 'emailAddress', 'courriel', v24_emailaddress, 'longer than 254 characters') end,
          case when length(v27_firstname) > 100 then pointferry.fault('NORMALIZE_TOO_LONG', 'firstName', 'prenom', v27_firstname, 'longer than 100 characters') end,
          case when v30_gender <> all (array['None', 'Male', 'Female', 'Other']) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'gender', 'sexe', v30_gender, 'one of None, Male, Female, Other') end,
          case when length(v33_lastname) > 100 then pointferry.fault('NORMALIZE_TOO_LONG', 'lastName', 'nom', v33_lastname, 'longer than 100 characters') end,
          case when v42_profileid is null and not pointferry.is_faulty(row_faults, 'profileId') then pointferry.fault('NORMALIZE_REQUIRED', 'profileId', 'no_client', v42_profileid, 'profileId is required') end,
          case when length(v48_region) > 150 then pointferry.fault('NORMALIZE_TOO_LONG', 'region', 'province', v48_region, 'longer than 150 characters') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'profileId', 'no_client', member_key, 'the key of profileId is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'profileId', 'no_client', x.member_id, 'the id that the crosswalk has for profileId is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v42_profileid as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_addressline1, v4_addressline2, x4_addressline2, v9_birthdate, v12_city, v15_country, v18_customattributes_langue, v21_customattributes_magasin, v24_emailaddress, v27_firstname, v30_gender, v33_lastname, v36_phonenumber, v39_postalcode, v42_profileid, v45_redemptionthreshold, v48_region, v51_version
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'fabric-sandbox' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

