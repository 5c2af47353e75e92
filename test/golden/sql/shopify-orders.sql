-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not (coalesce(btrim(f97_financial_status, E' \t\r\n\u00a0\ufeff'), '') = any (array['paid', 'partially_refunded']) and ((coalesce(btrim(f22_email, E' \t\r\n\u00a0\ufeff'), '') = any (array[''])) = false)) as filtered,
  k25_group_key as gkey,
  coalesce(case when not octet_length(k25_group_key) > 512 then '=' || k25_group_key end, '#' || record) as slot,
  'shopify:' || k25_group_key as identity,
  case when a95_counts then a76_amount else 0 end as amount,
  u88_currency as currency,
  (a95_counts and a76_amount is null) as unreadable,
  pointferry.digest('content 1' || '10:line_items' || pointferry.piece(coalesce(btrim(c3_lineitem_sku, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c4_lineitem_name, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c8_lineitem_quantity, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c11_lineitem_price, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v20_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v33_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v46_value)::text)) as content,
  case when ((t7_lineitem_quantity is not null and d7_lineitem_quantity is null))
      or ((t10_lineitem_price is not null and d10_lineitem_price is null))
      or ((t7_lineitem_quantity is null and (t10_lineitem_price is not null)))
      or ((t10_lineitem_price is null and (t7_lineitem_quantity is not null)))
      or (((v2_line_items_item_id is not null or v15_line_items_value is not null) and v2_line_items_item_id is null and not false))
      or (((v2_line_items_item_id is not null or v15_line_items_value is not null) and v15_line_items_value is null and not (coalesce(t7_lineitem_quantity is not null and d7_lineitem_quantity is null, false) or coalesce(t10_lineitem_price is not null and d10_lineitem_price is null, false) or coalesce(t7_lineitem_quantity is null and (t10_lineitem_price is not null), false) or coalesce(t10_lineitem_price is null and (t7_lineitem_quantity is not null), false))))
      or ((t33_transaction_timestamp is not null and v33_transaction_timestamp is null))
      or ((t46_value is not null and v46_value is null))
      or ((k24_name is null))
      or ((octet_length(k25_group_key) > 512))
      or ((nullif(t46_value, '') is not null and record <> a93_first and a76_amount is distinct from a94_group))
    then array_remove(array[case when (t7_lineitem_quantity is not null and d7_lineitem_quantity is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'line_items.value', 'Lineitem quantity', c8_lineitem_quantity, 'not a number in the stated form') end,
      case when (t10_lineitem_price is not null and d10_lineitem_price is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'line_items.value', 'Lineitem price', c11_lineitem_price, 'not a number in the stated form') end,
      case when (t7_lineitem_quantity is null and (t10_lineitem_price is not null)) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value', 'Lineitem quantity', c8_lineitem_quantity, 'an empty cell cannot be reckoned with') end,
      case when (t10_lineitem_price is null and (t7_lineitem_quantity is not null)) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value', 'Lineitem price', c11_lineitem_price, 'an empty cell cannot be reckoned with') end,
      case when ((v2_line_items_item_id is not null or v15_line_items_value is not null) and v2_line_items_item_id is null and not false) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.item_id', 'Lineitem sku+Lineitem name', concat_ws(' | ', c3_lineitem_sku, c4_lineitem_name), 'line_items.item_id is required') end,
      case when ((v2_line_items_item_id is not null or v15_line_items_value is not null) and v15_line_items_value is null and not (coalesce(t7_lineitem_quantity is not null and d7_lineitem_quantity is null, false) or coalesce(t10_lineitem_price is not null and d10_lineitem_price is null, false) or coalesce(t7_lineitem_quantity is null and (t10_lineitem_price is not null), false) or coalesce(t10_lineitem_price is null and (t7_lineitem_quantity is not null), false))) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value', 'Lineitem quantity+Lineitem price', concat_ws(' | ', c8_lineitem_quantity, c11_lineitem_price), 'line_items.value is required') end,
      case when (t33_transaction_timestamp is not null and v33_transaction_timestamp is null) then pointferry.fault('NORMALIZE_NOT_A_DATE', 'transaction_timestamp', 'Created at', f35_created_at, 'not in the format yyyy-MM-dd HH:mm:ss XXX') end,
      case when (t46_value is not null and v46_value is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'value', 'Subtotal', f48_subtotal, 'not a number in the stated form') end,
      case when (k24_name is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'Name', c23_name, 'the group key is empty') end,
      case when (octet_length(k25_group_key) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'Name', c23_name, 'the group key is longer than the 512 bytes of a key') end,
      case when (nullif(t46_value, '') is not null and record <> a93_first and a76_amount is distinct from a94_group) then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'Subtotal+Currency', t46_value, 'the amount of the group is another one on its first row') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v20_member,
  v33_transaction_timestamp,
  v46_value,
  case when (v2_line_items_item_id is not null or v15_line_items_value is not null) then json_object('item_id' : v2_line_items_item_id, 'value' : v15_line_items_value::text absent on null returning jsonb) end as i1
from (
  select q.*, t1_activity_type_id as v1_activity_type_id,
         t2_line_items_item_id as v2_line_items_item_id,
         (d7_lineitem_quantity * d10_lineitem_price) as v15_line_items_value,
         t20_member as v20_member,
         pointferry.instant_at_offset(l33_transaction_timestamp_1, pointferry.offset_of(o33_transaction_timestamp_1)) as v33_transaction_timestamp,
         pointferry.decimal_of(n46_value) as v46_value,
         max(case when record = a93_first then a76_amount end) over (partition by k25_group_key, case when k25_group_key is null then record end) as a94_group,
         (record = coalesce(a93_first, min(record) over (partition by k25_group_key, case when k25_group_key is null then record end))) as a95_counts
  from (
    select q.*, pointferry.local_of(d33_transaction_timestamp_1, coalesce(substr(p33_transaction_timestamp_1, 12, 2), '0')::integer, coalesce(substr(p33_transaction_timestamp_1, 15, 2), '0')::integer, coalesce(substr(p33_transaction_timestamp_1, 18, 2), '0')::integer) as l33_transaction_timestamp_1,
           d75_subtotal as a76_amount,
           coalesce(t83_currency, min(t83_currency collate "C") over (partition by k25_group_key, case when k25_group_key is null then record end) collate "default", 'XXX') as u88_currency,
           min(case when nullif(t46_value, '') is not null then record end) over (partition by k25_group_key, case when k25_group_key is null then record end) as a93_first
    from (
      select q.*, pointferry.decimal_of(n7_lineitem_quantity) as d7_lineitem_quantity,
             pointferry.decimal_of(n10_lineitem_price) as d10_lineitem_price,
             pointferry.date_of(substr(p33_transaction_timestamp_1, 1, 4)::integer, substr(p33_transaction_timestamp_1, 6, 2)::integer, substr(p33_transaction_timestamp_1, 9, 2)::integer) as d33_transaction_timestamp_1,
             substr(p33_transaction_timestamp_1, 21) as o33_transaction_timestamp_1,
             pointferry.decimal_of(n46_value) as d75_subtotal
      from (
        select q.*, t7_lineitem_quantity as n7_lineitem_quantity,
               t10_lineitem_price as n10_lineitem_price,
               case when pointferry.matches(t33_transaction_timestamp, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2}):(?:[0-9]{2}) (?:z|[+-][0-9]{2}(?::?[0-9]{2})?)$') then t33_transaction_timestamp end as p33_transaction_timestamp_1,
               t46_value as n46_value
        from (
          select q.*, 'purchase'::text as t1_activity_type_id,
                 coalesce(nullif(btrim(c3_lineitem_sku, E' \t\r\n\u00a0\ufeff'), ''), nullif(btrim(c4_lineitem_name, E' \t\r\n\u00a0\ufeff'), '')) as t2_line_items_item_id,
                 nullif(btrim(c8_lineitem_quantity, E' \t\r\n\u00a0\ufeff'), '') as t7_lineitem_quantity,
                 nullif(btrim(c11_lineitem_price, E' \t\r\n\u00a0\ufeff'), '') as t10_lineitem_price,
                 pointferry.lower_of(nullif(btrim(f22_email, E' \t\r\n\u00a0\ufeff'), '')) as t20_member,
                 nullif(btrim(f35_created_at, E' \t\r\n\u00a0\ufeff'), '') as t33_transaction_timestamp,
                 nullif(btrim(f48_subtotal, E' \t\r\n\u00a0\ufeff'), '') as t46_value,
                 pointferry.upper_of(nullif(btrim(f78_currency, E' \t\r\n\u00a0\ufeff'), '')) as t83_currency
          from (
            select q.*, coalesce(nullif(btrim(c21_email, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c21_email) filter (where nullif(btrim(c21_email, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k25_group_key, case when k25_group_key is null then record end order by record))[1]) as f22_email,
                   coalesce(nullif(btrim(c34_created_at, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c34_created_at) filter (where nullif(btrim(c34_created_at, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k25_group_key, case when k25_group_key is null then record end order by record))[1]) as f35_created_at,
                   coalesce(nullif(btrim(c47_subtotal, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c47_subtotal) filter (where nullif(btrim(c47_subtotal, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k25_group_key, case when k25_group_key is null then record end order by record))[1]) as f48_subtotal,
                   coalesce(nullif(btrim(c77_currency, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c77_currency) filter (where nullif(btrim(c77_currency, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k25_group_key, case when k25_group_key is null then record end order by record))[1]) as f78_currency,
                   coalesce(nullif(btrim(c96_financial_status, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c96_financial_status) filter (where nullif(btrim(c96_financial_status, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k25_group_key, case when k25_group_key is null then record end order by record))[1]) as f97_financial_status
            from (
              select q.*, k24_name as k25_group_key
              from (
                select q.*, nullif(btrim(c23_name, E' \t\r\n\u00a0\ufeff'), '') as k24_name
                from (
                  select r._record as record,
                         r._line as line,
                         r."Lineitem sku" as c3_lineitem_sku,
                         r."Lineitem name" as c4_lineitem_name,
                         r."Lineitem quantity" as c8_lineitem_quantity,
                         r."Lineitem price" as c11_lineitem_price,
                         r."Email" as c21_email,
                         r."Name" as c23_name,
                         r."Created at" as c34_created_at,
                         r."Subtotal" as c47_subtotal,
                         r."Currency" as c77_currency,
                         r."Financial Status" as c96_financial_status
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
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'line_items' : i1, 'transaction_timestamp' : pointferry.instant_handed(v33_transaction_timestamp), 'value' : v46_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'UTC') as version_at,
      v46_value::numeric as value,
      case when bad_line is null then case when (v1_activity_type_id is null and not false)
          or (v20_member is null and not false)
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v33_transaction_timestamp is null and not false)
          or (v46_value is null and not false)
          or (v46_value < 0)
          or (dis_v20_member)
          or (dis_v33_transaction_timestamp)
          or (dis_v46_value)
          or (dis_identity)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v1_activity_type_id is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', '', v1_activity_type_id, 'activity_type_id is required') end,
          case when v20_member is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'Email', v20_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'Email', x.member_id, 'not of the shape that the platform takes') end,
          case when v33_transaction_timestamp is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'Created at', pointferry.instant_handed(v33_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v46_value is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'Subtotal', v46_value::text, 'value is required') end,
          case when v46_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'Subtotal', v46_value::text, 'value must not be negative') end,
          case when dis_v20_member then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'member', 'Email', null::text, 'the rows of the group give different values; state take for Email') end,
          case when dis_v33_transaction_timestamp then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'transaction_timestamp', 'Created at', null::text, 'the rows of the group give different values; state take for Created at') end,
          case when dis_v46_value then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'value', 'Subtotal', null::text, 'the rows of the group give different values; state take for Subtotal') end,
          case when dis_identity then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'Name', null::text, 'the rows of the group have different identities') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Email', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Email', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end end as faults
    from (
      select b.*, v20_member as member_key
      from (
        select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
          min(gkey) as gkey, slot, count(*) as size, min(identity) as identity,
          pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
          min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
          max(v1_activity_type_id collate "C") as v1_activity_type_id,
          max(v20_member collate "C") as v20_member,
          coalesce(min(v20_member collate "C") <> max(v20_member collate "C"), false) as dis_v20_member,
          max(v33_transaction_timestamp) as v33_transaction_timestamp,
          coalesce(min(v33_transaction_timestamp) <> max(v33_transaction_timestamp), false) as dis_v33_transaction_timestamp,
          max(v46_value) as v46_value,
          coalesce(min(v46_value) <> max(v46_value), false) as dis_v46_value,
          jsonb_agg(i1 order by place, record) filter (where i1 is not null) as i1,
          min(identity) is distinct from max(identity) as dis_identity
        from pointferry_staging.rows where not filtered
        group by slot
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'email' and x.key = m.member_key
    offset 0) c
  offset 0) d;

