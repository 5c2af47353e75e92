-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not ((not ((pointferry.matches(coalesce(btrim(c9_balance, E' \t\r\n\u00a0\ufeff'), ''), '^[+-]?0+([.]0*)?$'))))) as filtered,
  null::text as gkey,
  null::text as slot,
  'legacy-balances:' || k13_identity as identity,
  a19_amount as amount,
  'PTS'::text as currency,
  a19_amount is null as unreadable,
  pointferry.digest('content 1' || '6:member' || pointferry.piece(v2_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v5_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v8_value)::text)) as content,
  case when ((t5_transaction_timestamp is not null and v5_transaction_timestamp is null))
      or ((t8_value is not null and v8_value is null))
      or ((k12_member_no is null))
      or ((octet_length(k13_identity) > 512))
    then array_remove(array[case when (t5_transaction_timestamp is not null and v5_transaction_timestamp is null) then pointferry.fault(case when l5_transaction_timestamp_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'transaction_timestamp', 'as_of', c6_as_of, 'not in the format yyyy-MM-dd, or a local time that does not exist or exists twice there') end,
      case when (t8_value is not null and v8_value is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'value', 'balance', c9_balance, 'not a number in the stated form') end,
      case when (k12_member_no is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'member_no', c3_member_no, 'the identity is empty') end,
      case when (octet_length(k13_identity) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'member_no', c3_member_no, 'the identity is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v2_member,
  v5_transaction_timestamp,
  v8_value
from (
  select q.*, t1_activity_type_id as v1_activity_type_id,
         t2_member as v2_member,
         pointferry.instant_of(l5_transaction_timestamp_1, 'America/Chicago', 'reject') as v5_transaction_timestamp,
         pointferry.decimal_of(n8_value) as v8_value
  from (
    select q.*, pointferry.local_of(d5_transaction_timestamp_1, 0, 0, 0) as l5_transaction_timestamp_1,
           d18_balance as a19_amount
    from (
      select q.*, pointferry.date_of(substr(p5_transaction_timestamp_1, 1, 4)::integer, substr(p5_transaction_timestamp_1, 6, 2)::integer, substr(p5_transaction_timestamp_1, 9, 2)::integer) as d5_transaction_timestamp_1,
             pointferry.decimal_of(n8_value) as d18_balance
      from (
        select q.*, case when pointferry.matches(t5_transaction_timestamp, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2})$') then t5_transaction_timestamp end as p5_transaction_timestamp_1,
               t8_value as n8_value
        from (
          select q.*, 'opening-balance'::text as t1_activity_type_id,
                 nullif(pointferry.replaced(nullif(btrim(c3_member_no, E' \t\r\n\u00a0\ufeff'), ''), E'^([+-]?[0-9]+)\\.0+$', E'\\1'), '') as t2_member,
                 nullif(btrim(c6_as_of, E' \t\r\n\u00a0\ufeff'), '') as t5_transaction_timestamp,
                 nullif(btrim(c9_balance, E' \t\r\n\u00a0\ufeff'), '') as t8_value
          from (
            select q.*, k12_member_no as k13_identity
            from (
              select q.*, nullif(pointferry.replaced(nullif(btrim(c3_member_no, E' \t\r\n\u00a0\ufeff'), ''), E'^([+-]?[0-9]+)\\.0+$', E'\\1'), '') as k12_member_no
              from (
                select r._record as record,
                       r._line as line,
                       r."member_no" as c3_member_no,
                       r."as_of" as c6_as_of,
                       r."balance" as c9_balance
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
  ) q
  offset 0
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'transaction_timestamp' : pointferry.instant_handed(v5_transaction_timestamp), 'value' : v8_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'UTC') as version_at,
      v8_value::numeric as value,
      case when (v1_activity_type_id is null and not pointferry.is_faulty(row_faults, 'activity_type_id'))
          or (v2_member is null and not pointferry.is_faulty(row_faults, 'member'))
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v5_transaction_timestamp is null and not pointferry.is_faulty(row_faults, 'transaction_timestamp'))
          or (v8_value is null and not pointferry.is_faulty(row_faults, 'value'))
          or (v8_value < 0)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v1_activity_type_id is null and not pointferry.is_faulty(row_faults, 'activity_type_id') then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', '', v1_activity_type_id, 'activity_type_id is required') end,
          case when v2_member is null and not pointferry.is_faulty(row_faults, 'member') then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'member_no', v2_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'member_no', x.member_id, 'not of the shape that the platform takes') end,
          case when v5_transaction_timestamp is null and not pointferry.is_faulty(row_faults, 'transaction_timestamp') then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'as_of', pointferry.instant_handed(v5_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v8_value is null and not pointferry.is_faulty(row_faults, 'value') then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'balance', v8_value::text, 'value is required') end,
          case when v8_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'balance', v8_value::text, 'value must not be negative') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'member_no', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'member_no', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v2_member as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_activity_type_id, v2_member, v5_transaction_timestamp, v8_value
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

