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
  pointferry.digest('content 1' || '9:profileId' || pointferry.piece(v1_profileid::text) || '22:tierExpirationDatetime' || pointferry.piece(pointferry.instant_text(v4_tierexpirationdatetime)) || '13:tierReference' || pointferry.piece(coalesce(btrim(c8_tier, E' \t\r\n\u00a0\ufeff'), ''))) as content,
  case when ((t4_tierexpirationdatetime is not null and v4_tierexpirationdatetime is null))
      or ((t7_tierreference is not null and m7_tierreference is null))
      or ((t10_version is not null and v10_version is null))
      or ((v10_version is null and not (coalesce(t10_version is not null and v10_version is null, false))))
    then array_remove(array[case when (t4_tierexpirationdatetime is not null and v4_tierexpirationdatetime is null) then pointferry.fault(case when l4_tierexpirationdatetime_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'tierExpirationDatetime', 'until', c5_until, 'not in the format yyyy-MM-dd''T''HH:mm:ss, or a local time that does not exist or exists twice there') end,
      case when (t7_tierreference is not null and m7_tierreference is null) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'tierReference', 'tier', c8_tier, 'not a value that the map of the pipeline knows') end,
      case when (t10_version is not null and v10_version is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'version', 'decided_ms', c11_decided_ms, 'not in the format epoch ms') end,
      case when (v10_version is null and not (coalesce(t10_version is not null and v10_version is null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'version', 'decided_ms', null::text, 'the version is empty') end]::jsonb[], null) end as faults,
  v1_profileid,
  v4_tierexpirationdatetime,
  v7_tierreference,
  v10_version
from (
  select q.*, t1_profileid as v1_profileid,
         pointferry.instant_of(l4_tierexpirationdatetime_1, 'America/New_York', 'reject') as v4_tierexpirationdatetime,
         m7_tierreference as v7_tierreference,
         pointferry.instant_of_epoch(pointferry.decimal_of(t10_version), 1000) as v10_version
  from (
    select q.*, pointferry.local_of(d4_tierexpirationdatetime_1, coalesce(substr(p4_tierexpirationdatetime_1, 12, 2), '0')::integer, coalesce(substr(p4_tierexpirationdatetime_1, 15, 2), '0')::integer, coalesce(substr(p4_tierexpirationdatetime_1, 18, 2), '0')::integer) as l4_tierexpirationdatetime_1
    from (
      select q.*, pointferry.date_of(substr(p4_tierexpirationdatetime_1, 1, 4)::integer, substr(p4_tierexpirationdatetime_1, 6, 2)::integer, substr(p4_tierexpirationdatetime_1, 9, 2)::integer) as d4_tierexpirationdatetime_1
      from (
        select q.*, case when pointferry.matches(t4_tierexpirationdatetime, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2})T(?:[0-9]{2}):(?:[0-9]{2}):(?:[0-9]{2})$') then t4_tierexpirationdatetime end as p4_tierexpirationdatetime_1
        from (
          select q.*, case when t7_tierreference is null then null else case t7_tierreference when 'B' then 'BASE' when 'S' then 'SILVER' when 'G' then 'GOLD' else null end end as m7_tierreference
          from (
            select q.*, nullif(btrim(c2_profile_id, E' \t\r\n\u00a0\ufeff'), '') as t1_profileid,
                   nullif(btrim(c5_until, E' \t\r\n\u00a0\ufeff'), '') as t4_tierexpirationdatetime,
                   nullif(btrim(c8_tier, E' \t\r\n\u00a0\ufeff'), '') as t7_tierreference,
                   nullif(btrim(c11_decided_ms, E' \t\r\n\u00a0\ufeff'), '') as t10_version
            from (
              select r._record as record,
                     r._line as line,
                     r."profile_id" as c2_profile_id,
                     r."until" as c5_until,
                     r."tier" as c8_tier,
                     r."decided_ms" as c11_decided_ms
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
  content, value, case when status = 'ok' then json_object('tierExpirationDatetime' : pointferry.instant_handed(v4_tierexpirationdatetime), 'tierReference' : v7_tierreference absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, member_key as subject, v10_version as version_at,
      null::numeric as value,
      case when (v1_profileid is null and not pointferry.is_faulty(row_faults, 'profileId'))
          or ((v4_tierexpirationdatetime is not null) and not (v7_tierreference is not null))
          or (octet_length(member_key) > 512)
        then array_remove(array[case when v1_profileid is null and not pointferry.is_faulty(row_faults, 'profileId') then pointferry.fault('NORMALIZE_REQUIRED', 'profileId', 'profile_id', v1_profileid, 'profileId is required') end,
          case when (v4_tierexpirationdatetime is not null) and not (v7_tierreference is not null) then pointferry.fault('NORMALIZE_RULE', 'tierExpirationDatetime', 'until+tier', null::text, 'the platform uses it only with tierReference') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'profileId', 'profile_id', member_key, 'the key of profileId is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v1_profileid as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_profileid, v4_tierexpirationdatetime, v7_tierreference, v10_version
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    
    offset 0) c
  offset 0) d;

