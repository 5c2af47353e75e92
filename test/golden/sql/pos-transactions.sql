-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not ((not (coalesce(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '') = 'refund')) and ((coalesce(btrim(c16_member_id, E' \t\r\n\u00a0\ufeff'), '') = any (array['', 'NULL'])) = false)) as filtered,
  k28_group_key as gkey,
  coalesce(case when not octet_length(k28_group_key) > 512 then '=' || k28_group_key end, '#' || record) as slot,
  'pos:' || k28_group_key as identity,
  a38_amount as amount,
  'USD'::text as currency,
  a38_amount is null as unreadable,
  pointferry.digest('content 1' || '16:activity_type_id' || pointferry.piece(coalesce(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '')) || '10:line_items' || pointferry.piece(coalesce(btrim(c5_department, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c8_sku, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c11_line_amount, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v15_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v18_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v25_value)::text)) as content,
  case when ((t1_activity_type_id is not null and m1_activity_type_id is null))
      or ((t10_line_items_value is not null and v10_line_items_value is null) or (t10_line_items_value is not null and d21_line_amount is null))
      or (((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v10_line_items_value is not null) and v7_line_items_item_id is null and not false))
      or (((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v10_line_items_value is not null) and v10_line_items_value is null and not (coalesce(t10_line_items_value is not null and v10_line_items_value is null, false))) or (t10_line_items_value is null))
      or ((t18_transaction_timestamp is not null and v18_transaction_timestamp is null))
      or ((k27_transaction_id is null))
      or ((octet_length(k28_group_key) > 512))
    then array_remove(array[case when (t1_activity_type_id is not null and m1_activity_type_id is null) then pointferry.fault('NORMALIZE_NOT_IN_LIST', 'activity_type_id', 'type', c2_type, 'not a value that the map of the pipeline knows') end,
      case when (t10_line_items_value is not null and v10_line_items_value is null) or (t10_line_items_value is not null and d21_line_amount is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'line_items.value+value', 'line_amount', c11_line_amount, 'not a number in the stated form') end,
      case when ((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v10_line_items_value is not null) and v7_line_items_item_id is null and not false) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.item_id', 'sku', c8_sku, 'line_items.item_id is required') end,
      case when ((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v10_line_items_value is not null) and v10_line_items_value is null and not (coalesce(t10_line_items_value is not null and v10_line_items_value is null, false))) or (t10_line_items_value is null) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value+value', 'line_amount', c11_line_amount, 'line_items.value is required') end,
      case when (t18_transaction_timestamp is not null and v18_transaction_timestamp is null) then pointferry.fault(case when l18_transaction_timestamp_1 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'transaction_timestamp', 'occurred_at', c19_occurred_at, 'not in the format dd-MM-yyyy HH:mm, or a local time that does not exist or exists twice there') end,
      case when (k27_transaction_id is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'transaction_id', c26_transaction_id, 'the group key is empty') end,
      case when (octet_length(k28_group_key) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'transaction_id', c26_transaction_id, 'the group key is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v15_member,
  v18_transaction_timestamp,
  v25_value,
  case when (v4_line_items_group_id is not null or v7_line_items_item_id is not null or v10_line_items_value is not null) then json_object('group_id' : v4_line_items_group_id, 'item_id' : v7_line_items_item_id, 'value' : v10_line_items_value::text absent on null returning jsonb) end as i1
from (
  select q.*, m1_activity_type_id as v1_activity_type_id,
         t4_line_items_group_id as v4_line_items_group_id,
         t7_line_items_item_id as v7_line_items_item_id,
         pointferry.decimal_of(n10_line_items_value) as v10_line_items_value,
         t15_member as v15_member,
         pointferry.instant_of(l18_transaction_timestamp_1, 'America/Chicago', 'reject') as v18_transaction_timestamp,
         d21_line_amount as v25_value
  from (
    select q.*, pointferry.local_of(d18_transaction_timestamp_1, coalesce(substr(p18_transaction_timestamp_1, 12, 2), '0')::integer, coalesce(substr(p18_transaction_timestamp_1, 15, 2), '0')::integer, 0) as l18_transaction_timestamp_1,
           d21_line_amount as a38_amount
    from (
      select q.*, pointferry.date_of(substr(p18_transaction_timestamp_1, 7, 4)::integer, substr(p18_transaction_timestamp_1, 4, 2)::integer, substr(p18_transaction_timestamp_1, 1, 2)::integer) as d18_transaction_timestamp_1,
             pointferry.decimal_of(n10_line_items_value) as d21_line_amount
      from (
        select q.*, t10_line_items_value as n10_line_items_value,
               case when pointferry.matches(t18_transaction_timestamp, E'(?i)^(?:[0-9]{2})\\-(?:[0-9]{2})\\-(?:[0-9]{4}) (?:[0-9]{2}):(?:[0-9]{2})$') then t18_transaction_timestamp end as p18_transaction_timestamp_1
        from (
          select q.*, case when t1_activity_type_id is null then null else case t1_activity_type_id when 'purchase' then 'purchase' when 'gift_card' then 'gift-card' else null end end as m1_activity_type_id
          from (
            select q.*, nullif(nullif(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t1_activity_type_id,
                   nullif(nullif(btrim(c5_department, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t4_line_items_group_id,
                   nullif(nullif(btrim(c8_sku, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t7_line_items_item_id,
                   nullif(nullif(btrim(c11_line_amount, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t10_line_items_value,
                   nullif(nullif(btrim(c16_member_id, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t15_member,
                   nullif(nullif(btrim(c19_occurred_at, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as t18_transaction_timestamp
            from (
              select q.*, k27_transaction_id as k28_group_key
              from (
                select q.*, nullif(nullif(btrim(c26_transaction_id, E' \t\r\n\u00a0\ufeff'), ''), 'NULL') as k27_transaction_id
                from (
                  select r._record as record,
                         r._line as line,
                         r."type" as c2_type,
                         r."department" as c5_department,
                         r."sku" as c8_sku,
                         r."line_amount" as c11_line_amount,
                         r."member_id" as c16_member_id,
                         r."occurred_at" as c19_occurred_at,
                         r."transaction_id" as c26_transaction_id
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
  ) q
  offset 0
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'line_items' : i1, 'transaction_timestamp' : pointferry.instant_handed(v18_transaction_timestamp), 'value' : v25_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'America/Chicago') as version_at,
      v25_value::numeric as value,
      case when bad_line is null then case when (v1_activity_type_id is null and not false)
          or (v15_member is null and not false)
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v18_transaction_timestamp is null and not false)
          or (v25_value is null and not false)
          or (v25_value < 0)
          or (dis_v1_activity_type_id)
          or (dis_v15_member)
          or (dis_identity)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v1_activity_type_id is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', 'type', v1_activity_type_id, 'activity_type_id is required') end,
          case when v15_member is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'member_id', v15_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'member_id', x.member_id, 'not of the shape that the platform takes') end,
          case when v18_transaction_timestamp is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'occurred_at', pointferry.instant_handed(v18_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v25_value is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'line_amount', v25_value::text, 'value is required') end,
          case when v25_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'line_amount', v25_value::text, 'value must not be negative') end,
          case when dis_v1_activity_type_id then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'activity_type_id', 'type', null::text, 'the rows of the group give different values; state take for type') end,
          case when dis_v15_member then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'member', 'member_id', null::text, 'the rows of the group give different values; state take for member_id') end,
          case when dis_identity then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'transaction_id', null::text, 'the rows of the group have different identities') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'member_id', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'member_id', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end end as faults
    from (
      select b.*, v15_member as member_key
      from (
        select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
          min(gkey) as gkey, slot, count(*) as size, min(identity) as identity,
          pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
          min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
          max(v1_activity_type_id collate "C") as v1_activity_type_id,
          coalesce(min(v1_activity_type_id collate "C") <> max(v1_activity_type_id collate "C"), false) as dis_v1_activity_type_id,
          max(v15_member collate "C") as v15_member,
          coalesce(min(v15_member collate "C") <> max(v15_member collate "C"), false) as dis_v15_member,
          min(v18_transaction_timestamp) as v18_transaction_timestamp,
          sum(v25_value) as v25_value,
          jsonb_agg(i1 order by place, record) filter (where i1 is not null) as i1,
          min(identity) is distinct from max(identity) as dis_identity
        from pointferry_staging.rows where not filtered
        group by slot
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'id' and x.key = m.member_key
    offset 0) c
  offset 0) d;

