-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not (coalesce(btrim(c23_event_type, E' \t\r\n\u00a0\ufeff'), '') = 'Payment' and ((coalesce(btrim(c3_customer_id, E' \t\r\n\u00a0\ufeff'), '') = any (array[''])) = false)) as filtered,
  null::text as gkey,
  null::text as slot,
  'square:' || k16_identity as identity,
  a22_amount as amount,
  'USD'::text as currency,
  a22_amount is null as unreadable,
  pointferry.digest('content 1' || '6:member' || pointferry.piece(v2_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v5_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v11_value)::text)) as content,
  case when ((t5_transaction_timestamp is not null and v5_transaction_timestamp is null))
      or ((t11_value is not null and v11_value is null))
      or ((k15_payment_id is null))
      or ((octet_length(k16_identity) > 512))
    then array_remove(array[case when (t5_transaction_timestamp is not null and v5_transaction_timestamp is null) then pointferry.fault(case when (l5_transaction_timestamp_1 is not null or l5_transaction_timestamp_2 is not null) and y5_transaction_timestamp is null then 'NORMALIZE_NOT_IN_LIST' when l5_transaction_timestamp_1 is not null or l5_transaction_timestamp_2 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'transaction_timestamp', 'Date+Time', concat_ws(' | ', c6_date, c7_time), 'not in the format yyyy-MM-dd HH:mm:ss or MM/dd/yyyy h:mm:ss a, or a local time that does not exist or exists twice there') end,
      case when (t11_value is not null and v11_value is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'value', 'Net Sales', c12_net_sales, 'not a number in the stated form') end,
      case when (k15_payment_id is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'Payment ID', c14_payment_id, 'the identity is empty') end,
      case when (octet_length(k16_identity) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'Payment ID', c14_payment_id, 'the identity is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v2_member,
  v5_transaction_timestamp,
  v11_value
from (
  select q.*, t1_activity_type_id as v1_activity_type_id,
         t2_member as v2_member,
         coalesce(pointferry.instant_of(l5_transaction_timestamp_1, y5_transaction_timestamp, 'reject'), pointferry.instant_of(l5_transaction_timestamp_2, y5_transaction_timestamp, 'reject')) as v5_transaction_timestamp,
         pointferry.decimal_of(n11_value) as v11_value
  from (
    select q.*, pointferry.local_of(d5_transaction_timestamp_1, coalesce(substr(p5_transaction_timestamp_1, 12, 2), '0')::integer, coalesce(substr(p5_transaction_timestamp_1, 15, 2), '0')::integer, coalesce(substr(p5_transaction_timestamp_1, 18, 2), '0')::integer) as l5_transaction_timestamp_1,
           pointferry.local_of(d5_transaction_timestamp_2, pointferry.hour_of(coalesce(p5_transaction_timestamp_2[4], '0')::integer, p5_transaction_timestamp_2[7]), coalesce(p5_transaction_timestamp_2[5], '0')::integer, coalesce(p5_transaction_timestamp_2[6], '0')::integer) as l5_transaction_timestamp_2,
           d21_net_sales as a22_amount
    from (
      select q.*, pointferry.date_of(substr(p5_transaction_timestamp_1, 1, 4)::integer, substr(p5_transaction_timestamp_1, 6, 2)::integer, substr(p5_transaction_timestamp_1, 9, 2)::integer) as d5_transaction_timestamp_1,
             pointferry.date_of(p5_transaction_timestamp_2[3]::integer, p5_transaction_timestamp_2[1]::integer, p5_transaction_timestamp_2[2]::integer) as d5_transaction_timestamp_2,
             pointferry.decimal_of(n11_value) as d21_net_sales
      from (
        select q.*, case when pointferry.matches(t5_transaction_timestamp, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2}):(?:[0-9]{2})$') then t5_transaction_timestamp end as p5_transaction_timestamp_1,
               case when pointferry.matches(t5_transaction_timestamp, E'(?i)^(?:[0-9]{2})/(?:[0-9]{2})/(?:[0-9]{4}) (?:[0-9]{1,2}):(?:[0-9]{2}):(?:[0-9]{2}) (?:[ap]\\.?m\\.?)$') then string_to_array(translate(t5_transaction_timestamp, '/ :', ''), '') end as p5_transaction_timestamp_2,
               pointferry.without_groups(pointferry.without_currency(pointferry.without_parentheses(t11_value), E'\\$'), ',', E'\\.') as n11_value
        from (
          select q.*, case when z5_transaction_timestamp is null then null else case z5_transaction_timestamp when 'Pacific Time (US & Canada)' then 'America/Los_Angeles' when 'Eastern Time (US & Canada)' then 'America/New_York' else null end end as y5_transaction_timestamp
          from (
            select q.*, 'purchase'::text as t1_activity_type_id,
                   nullif(btrim(c3_customer_id, E' \t\r\n\u00a0\ufeff'), '') as t2_member,
                   nullif(concat_ws(' ', nullif(btrim(c6_date, E' \t\r\n\u00a0\ufeff'), ''), nullif(btrim(c7_time, E' \t\r\n\u00a0\ufeff'), '')), '') as t5_transaction_timestamp,
                   nullif(btrim(c10_time_zone, E' \t\r\n\u00a0\ufeff'), '') as z5_transaction_timestamp,
                   nullif(btrim(c12_net_sales, E' \t\r\n\u00a0\ufeff'), '') as t11_value
            from (
              select q.*, k15_payment_id as k16_identity
              from (
                select q.*, nullif(btrim(c14_payment_id, E' \t\r\n\u00a0\ufeff'), '') as k15_payment_id
                from (
                  select r._record as record,
                         r._line as line,
                         r."Customer ID" as c3_customer_id,
                         r."Date" as c6_date,
                         r."Time" as c7_time,
                         r."Time Zone" as c10_time_zone,
                         r."Net Sales" as c12_net_sales,
                         r."Payment ID" as c14_payment_id,
                         r."Event Type" as c23_event_type
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
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'transaction_timestamp' : pointferry.instant_handed(v5_transaction_timestamp), 'value' : v11_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'UTC') as version_at,
      v11_value::numeric as value,
      case when (v1_activity_type_id is null and not pointferry.is_faulty(row_faults, 'activity_type_id'))
          or (v2_member is null and not pointferry.is_faulty(row_faults, 'member'))
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v5_transaction_timestamp is null and not pointferry.is_faulty(row_faults, 'transaction_timestamp'))
          or (v11_value is null and not pointferry.is_faulty(row_faults, 'value'))
          or (v11_value < 0)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
        then array_remove(array[case when v1_activity_type_id is null and not pointferry.is_faulty(row_faults, 'activity_type_id') then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', '', v1_activity_type_id, 'activity_type_id is required') end,
          case when v2_member is null and not pointferry.is_faulty(row_faults, 'member') then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'Customer ID', v2_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'Customer ID', x.member_id, 'not of the shape that the platform takes') end,
          case when v5_transaction_timestamp is null and not pointferry.is_faulty(row_faults, 'transaction_timestamp') then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'Date+Time', pointferry.instant_handed(v5_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v11_value is null and not pointferry.is_faulty(row_faults, 'value') then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'Net Sales', v11_value::text, 'value is required') end,
          case when v11_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'Net Sales', v11_value::text, 'value must not be negative') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Customer ID', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'Customer ID', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end]::jsonb[], null) end as faults
    from (
      select b.*, v2_member as member_key
      from (
        select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
          case when faults is not null then line end as bad_line, v1_activity_type_id, v2_member, v5_transaction_timestamp, v11_value
        from pointferry_staging.rows where not filtered
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang-sandbox' and x.key_type = 'square' and x.key = m.member_key
    offset 0) c
  offset 0) d;

