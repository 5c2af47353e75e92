-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not ((not (coalesce(btrim(c36_status, E' \t\r\n\u00a0\ufeff'), '') = 'I'))) as filtered,
  k25_group_key as gkey,
  coalesce(case when not octet_length(k25_group_key) > 512 then '=' || k25_group_key end, '#' || record) as slot,
  'tibco:' || k25_group_key as identity,
  a35_amount as amount,
  'USD'::text as currency,
  a35_amount is null as unreadable,
  pointferry.digest('content 1' || '10:line_items' || pointferry.piece(coalesce(btrim(c3_sku, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c6_amount, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v10_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v13_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v22_value)::text)) as content,
  case when ((t5_line_items_value is not null and v5_line_items_value is null) or (t5_line_items_value is not null and d18_amount is null))
      or (((v2_line_items_item_id is not null or v5_line_items_value is not null) and v2_line_items_item_id is null and not false))
      or (((v2_line_items_item_id is not null or v5_line_items_value is not null) and v5_line_items_value is null and not (coalesce(t5_line_items_value is not null and v5_line_items_value is null, false))) or (t5_line_items_value is null))
      or ((t13_transaction_timestamp is not null and v13_transaction_timestamp is null))
      or ((k24_transactionid is null))
      or ((octet_length(k25_group_key) > 512))
    then array_remove(array[case when (t5_line_items_value is not null and v5_line_items_value is null) or (t5_line_items_value is not null and d18_amount is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'line_items.value+value', 'Amount', c6_amount, 'not a number in the stated form') end,
      case when ((v2_line_items_item_id is not null or v5_line_items_value is not null) and v2_line_items_item_id is null and not false) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.item_id', 'SKU', c3_sku, 'line_items.item_id is required') end,
      case when ((v2_line_items_item_id is not null or v5_line_items_value is not null) and v5_line_items_value is null and not (coalesce(t5_line_items_value is not null and v5_line_items_value is null, false))) or (t5_line_items_value is null) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value+value', 'Amount', c6_amount, 'line_items.value is required') end,
      case when (t13_transaction_timestamp is not null and v13_transaction_timestamp is null) then pointferry.fault(case when l13_transaction_timestamp_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'transaction_timestamp', 'Date+Time', concat_ws(' | ', c14_date, c15_time), 'not in the format yyyyMMddHHmmss, or a local time that does not exist or exists twice there') end,
      case when (k24_transactionid is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'TransactionID', c23_transactionid, 'the group key is empty') end,
      case when (octet_length(k25_group_key) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'TransactionID', c23_transactionid, 'the group key is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v10_member,
  v13_transaction_timestamp,
  v22_value,
  case when (v2_line_items_item_id is not null or v5_line_items_value is not null) then json_object('item_id' : v2_line_items_item_id, 'value' : v5_line_items_value::text absent on null returning jsonb) end as i1
from (
  select q.*, t1_activity_type_id as v1_activity_type_id,
         t2_line_items_item_id as v2_line_items_item_id,
         pointferry.decimal_of(case when n5_line_items_value ~ '^[+-]?[0-9]+$' then n5_line_items_value end) * 0.01 as v5_line_items_value,
         t10_member as v10_member,
         pointferry.instant_of(l13_transaction_timestamp_1, 'America/New_York', 'reject') as v13_transaction_timestamp,
         d18_amount as v22_value
  from (
    select q.*, pointferry.local_of(d13_transaction_timestamp_1, coalesce(substr(p13_transaction_timestamp_1, 9, 2), '0')::integer, coalesce(substr(p13_transaction_timestamp_1, 11, 2), '0')::integer, coalesce(substr(p13_transaction_timestamp_1, 13, 2), '0')::integer) as l13_transaction_timestamp_1,
           d18_amount as a35_amount
    from (
      select q.*, pointferry.date_of(substr(p13_transaction_timestamp_1, 1, 4)::integer, substr(p13_transaction_timestamp_1, 5, 2)::integer, substr(p13_transaction_timestamp_1, 7, 2)::integer) as d13_transaction_timestamp_1,
             pointferry.decimal_of(case when n5_line_items_value ~ '^[+-]?[0-9]+$' then n5_line_items_value end) * 0.01 as d18_amount
      from (
        select q.*, t5_line_items_value as n5_line_items_value,
               case when pointferry.matches(t13_transaction_timestamp, '^(?:[0-9]{4})(?:[0-9]{2})(?:[0-9]{2})(?:[0-9]{2})(?:[0-9]{2})(?:[0-9]{2})$') then t13_transaction_timestamp end as p13_transaction_timestamp_1
        from (
          select q.*, 'purchase'::text as t1_activity_type_id,
                 nullif(btrim(c3_sku, E' \t\r\n\u00a0\ufeff'), '') as t2_line_items_item_id,
                 nullif(btrim(c6_amount, E' \t\r\n\u00a0\ufeff'), '') as t5_line_items_value,
                 nullif(pointferry.replaced(nullif(btrim(c11_account, E' \t\r\n\u00a0\ufeff'), ''), '^0+(?=.)', ''), '') as t10_member,
                 nullif(concat_ws('', nullif(btrim(c14_date, E' \t\r\n\u00a0\ufeff'), ''), nullif(btrim(c15_time, E' \t\r\n\u00a0\ufeff'), '')), '') as t13_transaction_timestamp
          from (
            select q.*, k24_transactionid as k25_group_key
            from (
              select q.*, nullif(btrim(c23_transactionid, E' \t\r\n\u00a0\ufeff'), '') as k24_transactionid
              from (
                select r._record as record,
                       r._line as line,
                       r."SKU" as c3_sku,
                       r."Amount" as c6_amount,
                       r."Account" as c11_account,
                       r."Date" as c14_date,
                       r."Time" as c15_time,
                       r."TransactionID" as c23_transactionid,
                       r."Status" as c36_status
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
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'line_items' : i1, 'transaction_timestamp' : pointferry.instant_handed(v13_transaction_timestamp), 'value' : v22_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'America/New_York') as version_at,
      v22_value::numeric as value,
      case when bad_line is null then case when (v1_activity_type_id is null and not false)
          or (v10_member is null and not false)
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v13_transaction_timestamp is null and not false)
          or (v22_value is null and not false)
          or (v22_value < 0)
          or (dis_v10_member)
          or (dis_v13_transaction_timestamp)
          or (dis_identity)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v1_activity_type_id is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', '', v1_activity_type_id, 'activity_type_id is required') end,
          case when v10_member is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'Account', v10_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'Account', x.member_id, 'not of the shape that the platform takes') end,
          case when v13_transaction_timestamp is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'Date+Time', pointferry.instant_handed(v13_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v22_value is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'Amount', v22_value::text, 'value is required') end,
          case when v22_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'Amount', v22_value::text, 'value must not be negative') end,
          case when dis_v10_member then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'member', 'Account', null::text, 'the rows of the group give different values; state take for Account') end,
          case when dis_v13_transaction_timestamp then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'transaction_timestamp', 'Date+Time', null::text, 'the rows of the group give different values; state take for Date, Time') end,
          case when dis_identity then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'TransactionID', null::text, 'the rows of the group have different identities') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Account', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Account', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end end as faults
    from (
      select b.*, v10_member as member_key
      from (
        select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
          min(gkey) as gkey, slot, count(*) as size, min(identity) as identity,
          pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
          min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
          max(v1_activity_type_id collate "C") as v1_activity_type_id,
          max(v10_member collate "C") as v10_member,
          coalesce(min(v10_member collate "C") <> max(v10_member collate "C"), false) as dis_v10_member,
          max(v13_transaction_timestamp) as v13_transaction_timestamp,
          coalesce(min(v13_transaction_timestamp) <> max(v13_transaction_timestamp), false) as dis_v13_transaction_timestamp,
          sum(v22_value) as v22_value,
          jsonb_agg(i1 order by place, record) filter (where i1 is not null) as i1,
          min(identity) is distinct from max(identity) as dis_identity
        from pointferry_staging.rows where not filtered
        group by slot
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

