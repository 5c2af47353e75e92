-- rows of a file
select 0::bigint as file,
  1::integer as place,
  record,
  line,
  not (((coalesce(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '') = any (array['S', 'R'])) or ((coalesce(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '') = 'X') and ((coalesce(btrim(c27_till, E' \t\r\n\u00a0\ufeff'), '') = any (array[''])) = false))) and (not ((pointferry.matches(coalesce(btrim(f24_card, E' \t\r\n\u00a0\ufeff'), ''), '^0+$'))))) as filtered,
  k29_group_key as gkey,
  coalesce(case when not octet_length(k29_group_key) > 512 then '=' || k29_group_key end, '#' || record) as slot,
  'rules:' || k84_identity as identity,
  case when a115_counts then a95_amount else 0 end as amount,
  u105_currency as currency,
  (a115_counts and a95_amount is null) as unreadable,
  pointferry.digest('content 1' || '16:activity_type_id' || pointferry.piece(coalesce(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '')) || '10:line_items' || pointferry.piece(coalesce(btrim(c5_department, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c8_sku, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c9_size, E' \t\r\n\u00a0\ufeff'), '')) || pointferry.piece(coalesce(btrim(c17_price, E' \t\r\n\u00a0\ufeff'), '')) || '6:member' || pointferry.piece(v22_member::text) || '21:transaction_timestamp' || pointferry.piece(pointferry.instant_text(v59_transaction_timestamp)) || '5:value' || pointferry.piece(trim_scale(v72_value)::text)) as content,
  case when ((r10_sql[2] is not null))
      or ((t16_line_items_value is not null and v16_line_items_value is null) or (t16_line_items_value is not null and d63_price is null))
      or (((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v16_line_items_value is not null) and v7_line_items_item_id is null and not (coalesce(r10_sql[2] is not null, false))))
      or (((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v16_line_items_value is not null) and v16_line_items_value is null and not (coalesce(t16_line_items_value is not null and v16_line_items_value is null, false))))
      or ((t59_transaction_timestamp is not null and v59_transaction_timestamp is null))
      or ((t66_share is not null and d66_share is null))
      or ((t69_pieces is not null and d69_pieces is null))
      or ((k26_id is null) or (k81_id is null))
      or ((k28_till is null))
      or ((octet_length(k29_group_key) > 512) or (octet_length(k84_identity) > 512))
      or ((nullif(concat(t16_line_items_value, t69_pieces), '') is not null and record <> a113_first and a95_amount is distinct from a114_group))
    then array_remove(array[case when (r10_sql[2] is not null) then pointferry.fault('NORMALIZE_SQL', 'line_items.item_id', 'sku+size', concat_ws(' | ', c8_sku, c9_size), 'the raw SQL expression gave an error') end,
      case when (t16_line_items_value is not null and v16_line_items_value is null) or (t16_line_items_value is not null and d63_price is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'line_items.value+value', 'price', c17_price, 'not a number in the stated form') end,
      case when ((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v16_line_items_value is not null) and v7_line_items_item_id is null and not (coalesce(r10_sql[2] is not null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.item_id', 'sku+size', concat_ws(' | ', c8_sku, c9_size), 'line_items.item_id is required') end,
      case when ((v4_line_items_group_id is not null or v7_line_items_item_id is not null or v16_line_items_value is not null) and v16_line_items_value is null and not (coalesce(t16_line_items_value is not null and v16_line_items_value is null, false))) then pointferry.fault('NORMALIZE_REQUIRED', 'line_items.value', 'price', c17_price, 'line_items.value is required') end,
      case when (t59_transaction_timestamp is not null and v59_transaction_timestamp is null) then pointferry.fault(case when (l59_transaction_timestamp_1 is not null or l59_transaction_timestamp_2 is not null or w59_transaction_timestamp_4 is not null) and y59_transaction_timestamp is null then 'NORMALIZE_NOT_IN_LIST' when l59_transaction_timestamp_1 is not null or l59_transaction_timestamp_2 is not null or w59_transaction_timestamp_4 is not null then 'NORMALIZE_TIME_AMBIGUOUS' else 'NORMALIZE_NOT_A_DATE' end, 'transaction_timestamp', 'at', c60_at, 'not in the format yyyy-MM-dd HH:mm:ss or d-MMM-yy h:mm a or epoch s or iso, or a local time that does not exist or exists twice there') end,
      case when (t66_share is not null and d66_share is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'value', 'share', c67_share, 'not a number in the stated form') end,
      case when (t69_pieces is not null and d69_pieces is null) then pointferry.fault('NORMALIZE_NOT_A_NUMBER', 'value', 'pieces', c70_pieces, 'not a number in the stated form') end,
      case when (k26_id is null) or (k81_id is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'id', c25_id, 'the group key is empty') end,
      case when (k28_till is null) then pointferry.fault('NORMALIZE_REQUIRED', '', 'till', c27_till, 'the group key is empty') end,
      case when (octet_length(k29_group_key) > 512) or (octet_length(k84_identity) > 512) then pointferry.fault('NORMALIZE_TOO_LONG', '', 'id+till', concat_ws(' | ', c25_id, c27_till), 'the group key is longer than the 512 bytes of a key') end,
      case when (nullif(concat(t16_line_items_value, t69_pieces), '') is not null and record <> a113_first and a95_amount is distinct from a114_group) then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'price+pieces+currency', concat(t16_line_items_value, t69_pieces), 'the amount of the group is another one on its first row') end]::jsonb[], null) end as faults,
  v1_activity_type_id,
  v22_member,
  v59_transaction_timestamp,
  v72_value,
  case when (v4_line_items_group_id is not null or v7_line_items_item_id is not null or v16_line_items_value is not null) then json_object('group_id' : v4_line_items_group_id, 'item_id' : v7_line_items_item_id, 'value' : v16_line_items_value::text absent on null returning jsonb) end as i1
from (
  select q.*, m1_activity_type_id as v1_activity_type_id,
         m4_line_items_group_id as v4_line_items_group_id,
         t7_line_items_item_id as v7_line_items_item_id,
         pointferry.decimal_of(n16_line_items_value) as v16_line_items_value,
         t22_member as v22_member,
         coalesce(pointferry.instant_of(l59_transaction_timestamp_1, y59_transaction_timestamp, 'later'), pointferry.instant_of(l59_transaction_timestamp_2, y59_transaction_timestamp, 'later'), pointferry.instant_of_epoch(pointferry.decimal_of(t59_transaction_timestamp), 1), case when o59_transaction_timestamp_4 is null then pointferry.instant_of(l59_transaction_timestamp_4, y59_transaction_timestamp, 'later') else pointferry.instant_at_offset(l59_transaction_timestamp_4, pointferry.offset_of(o59_transaction_timestamp_4)) end) as v59_transaction_timestamp,
         ((case when t16_line_items_value is null then 0 else d63_price end - case when t66_share is null then 0 else d66_share end) * case when t69_pieces is null then 0 else d69_pieces end) as v72_value,
         max(case when record = a113_first then a95_amount end) over (partition by k29_group_key, case when k29_group_key is null then record end) as a114_group,
         (record = coalesce(a113_first, min(record) over (partition by k29_group_key, case when k29_group_key is null then record end))) as a115_counts
  from (
    select q.*, pointferry.local_of(d59_transaction_timestamp_1, coalesce(substr(p59_transaction_timestamp_1, 12, 2), '0')::integer, coalesce(substr(p59_transaction_timestamp_1, 15, 2), '0')::integer, coalesce(substr(p59_transaction_timestamp_1, 18, 2), '0')::integer) as l59_transaction_timestamp_1,
           pointferry.local_of(d59_transaction_timestamp_2, pointferry.hour_of(coalesce(p59_transaction_timestamp_2[4], '0')::integer, p59_transaction_timestamp_2[6]), coalesce(p59_transaction_timestamp_2[5], '0')::integer, 0) as l59_transaction_timestamp_2,
           pointferry.local_of(d59_transaction_timestamp_4, coalesce(substr(p59_transaction_timestamp_4, 12, 2), '0')::integer, coalesce(substr(p59_transaction_timestamp_4, 15, 2), '0')::integer, coalesce(case when substr(p59_transaction_timestamp_4, 17, 1) = ':' then substr(p59_transaction_timestamp_4, 18, 2) end, '0')::integer) + pointferry.fraction_of(coalesce(case when substr(p59_transaction_timestamp_4, 20, 1) in ('.', ',') then substring(p59_transaction_timestamp_4 from '^.{20}([0-9]+)') end, '0')) as l59_transaction_timestamp_4,
           case when o59_transaction_timestamp_4 is null then pointferry.local_of(d59_transaction_timestamp_4, coalesce(substr(p59_transaction_timestamp_4, 12, 2), '0')::integer, coalesce(substr(p59_transaction_timestamp_4, 15, 2), '0')::integer, coalesce(case when substr(p59_transaction_timestamp_4, 17, 1) = ':' then substr(p59_transaction_timestamp_4, 18, 2) end, '0')::integer) + pointferry.fraction_of(coalesce(case when substr(p59_transaction_timestamp_4, 20, 1) in ('.', ',') then substring(p59_transaction_timestamp_4 from '^.{20}([0-9]+)') end, '0')) end as w59_transaction_timestamp_4,
           (d63_price * d69_pieces) as a95_amount,
           coalesce(t97_currency, min(t97_currency collate "C") over (partition by k29_group_key, case when k29_group_key is null then record end) collate "default", 'XXX') as u105_currency,
           min(case when nullif(concat(t16_line_items_value, t69_pieces), '') is not null then record end) over (partition by k29_group_key, case when k29_group_key is null then record end) as a113_first
    from (
      select q.*, pointferry.date_of(substr(p59_transaction_timestamp_1, 1, 4)::integer, substr(p59_transaction_timestamp_1, 6, 2)::integer, substr(p59_transaction_timestamp_1, 9, 2)::integer) as d59_transaction_timestamp_1,
             pointferry.date_of(pointferry.year_of(p59_transaction_timestamp_2[3]::integer, 70), pointferry.month_of(p59_transaction_timestamp_2[2]), p59_transaction_timestamp_2[1]::integer) as d59_transaction_timestamp_2,
             pointferry.date_of(substr(p59_transaction_timestamp_4, 1, 4)::integer, substr(p59_transaction_timestamp_4, 6, 2)::integer, substr(p59_transaction_timestamp_4, 9, 2)::integer) as d59_transaction_timestamp_4,
             case when length(p59_transaction_timestamp_4) = 16 or (length(p59_transaction_timestamp_4) = 19 and substr(p59_transaction_timestamp_4, 17, 1) = ':') then null else (pointferry.captured(p59_transaction_timestamp_4, '(?i)(z|[+-][0-9]{2}(?::?[0-9]{2})?)$'))[1] end as o59_transaction_timestamp_4,
             pointferry.decimal_of(n63_price) as d63_price,
             pointferry.decimal_of(n66_share) * 0.01 as d66_share,
             pointferry.decimal_of(n69_pieces) as d69_pieces
      from (
        select q.*, pointferry.with_point(pointferry.without_groups(pointferry.without_currency(pointferry.without_parentheses(t16_line_items_value), E'[$\\u00a2-\\u00a5\\u20a0-\\u20c0]'), E'\\.', ',')) as n16_line_items_value,
               case when pointferry.matches(t59_transaction_timestamp, E'(?i)^(?:[0-9]{4})\\-(?:[0-9]{2})\\-(?:[0-9]{2}) (?:[0-9]{2}):(?:[0-9]{2}):(?:[0-9]{2})$') then t59_transaction_timestamp end as p59_transaction_timestamp_1,
               case when pointferry.matches(t59_transaction_timestamp, E'(?i)^(?:[0-9]{1,2})\\-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\\-(?:[0-9]{2}) (?:[0-9]{1,2}):(?:[0-9]{2}) (?:[ap]\\.?m\\.?)$') then string_to_array(translate(t59_transaction_timestamp, '- :', ''), '') end as p59_transaction_timestamp_2,
               case when pointferry.matches(t59_transaction_timestamp, '(?i)^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)? ?(?:z|[+-][0-9]{2}(?::?[0-9]{2})?)?$') then t59_transaction_timestamp end as p59_transaction_timestamp_4,
               pointferry.with_point(pointferry.without_groups(t16_line_items_value, E'\\.', ',')) as n63_price,
               pointferry.with_point(pointferry.without_groups(pointferry.replaced(t66_share, '\s*%$', ''), E'\\.', ',')) as n66_share,
               pointferry.with_point(pointferry.without_groups(t69_pieces, E'\\.', ',')) as n69_pieces
        from (
          select q.*, case when t1_activity_type_id is null then 'other' else case t1_activity_type_id when 'S' then 'sale' else 'unknown' end end as m1_activity_type_id,
                 case when t4_line_items_group_id is null then null else case t4_line_items_group_id when '1' then 'food' else t4_line_items_group_id end end as m4_line_items_group_id,
                 case when z59_transaction_timestamp is null then null else case z59_transaction_timestamp when 'C' then 'America/Chicago' when 'L' then 'Europe/London' else null end end as y59_transaction_timestamp
          from (
            select q.*, nullif(btrim(c2_type, E' \t\r\n\u00a0\ufeff'), '') as t1_activity_type_id,
                   nullif(btrim(c5_department, E' \t\r\n\u00a0\ufeff'), '') as t4_line_items_group_id,
                   nullif(btrim(r10_sql[1], E' \t\r\n\u00a0\ufeff'), '') as t7_line_items_item_id,
                   nullif(btrim(c17_price, E' \t\r\n\u00a0\ufeff'), '') as t16_line_items_value,
                   coalesce(nullif(btrim(f24_card, E' \t\r\n\u00a0\ufeff'), ''), nullif(btrim(f33_phone, E' \t\r\n\u00a0\ufeff'), '')) as t22_member,
                   nullif(btrim(c60_at, E' \t\r\n\u00a0\ufeff'), '') as t59_transaction_timestamp,
                   nullif(btrim(c62_clock, E' \t\r\n\u00a0\ufeff'), '') as z59_transaction_timestamp,
                   nullif(btrim(c67_share, E' \t\r\n\u00a0\ufeff'), '') as t66_share,
                   nullif(btrim(c70_pieces, E' \t\r\n\u00a0\ufeff'), '') as t69_pieces,
                   pointferry.upper_of(nullif(btrim(c96_currency, E' \t\r\n\u00a0\ufeff'), '')) as t97_currency
            from (
              select q.*, pointferry.raw_sql('upper((pointferry_cells)[1]) || ''-'' || (pointferry_cells)[2]', array[c8_sku, c9_size]::text[]) as r10_sql
              from (
                select q.*, coalesce(nullif(btrim(c23_card, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c23_card) filter (where nullif(btrim(c23_card, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k29_group_key, case when k29_group_key is null then record end order by record))[1]) as f24_card,
                       coalesce(nullif(btrim(c32_phone, E' \t\r\n\u00a0\ufeff'), ''), (array_agg(c32_phone) filter (where nullif(btrim(c32_phone, E' \t\r\n\u00a0\ufeff'), '') is not null) over (partition by k29_group_key, case when k29_group_key is null then record end order by record))[1]) as f33_phone
                from (
                  select q.*, replace(replace(k26_id, '\', '\\'), '|', '\|') || '|' || replace(replace(k28_till, '\', '\\'), '|', '\|') as k29_group_key,
                         replace(replace(k81_id, '\', '\\'), '|', '\|') || '|' || replace(replace(k28_till, '\', '\\'), '|', '\|') as k84_identity
                  from (
                    select q.*, nullif(btrim(c25_id, E' \t\r\n\u00a0\ufeff'), '') as k26_id,
                           nullif(btrim(c27_till, E' \t\r\n\u00a0\ufeff'), '') as k28_till,
                           pointferry.upper_of(nullif(pointferry.replaced(nullif(btrim(c25_id, E' \t\r\n\u00a0\ufeff'), ''), '^0+(?=.)', ''), '')) as k81_id
                    from (
                      select r._record as record,
                             r._line as line,
                             r."type" as c2_type,
                             r."department" as c5_department,
                             r."sku" as c8_sku,
                             r."size" as c9_size,
                             r."price" as c17_price,
                             r."card" as c23_card,
                             r."id" as c25_id,
                             r."till" as c27_till,
                             r."phone" as c32_phone,
                             r."at" as c60_at,
                             r."clock" as c62_clock,
                             r."share" as c67_share,
                             r."pieces" as c70_pieces,
                             r."currency" as c96_currency
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
    ) q
    offset 0
  ) q
  offset 0
) q;

-- operations of the rows
select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then json_object('activity_type_id' : v1_activity_type_id, 'line_items' : i1, 'transaction_timestamp' : pointferry.instant_handed(v59_transaction_timestamp), 'value' : v72_value::text absent on null returning jsonb) end as payload, status, faults
from (
  select c.*, case when bad_line is not null or faults is not null then 'rejected' else 'ok' end as status
  from (
    select m.*, x.member_id as subject, (date '2000-01-01'::timestamp at time zone 'UTC') as version_at,
      v72_value::numeric as value,
      case when bad_line is null then case when (v1_activity_type_id is null and not false)
          or (v22_member is null and not false)
          or (not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)'))
          or (v59_transaction_timestamp is null and not false)
          or (v72_value is null and not false)
          or (v72_value < 0)
          or (dis_v22_member)
          or (dis_identity)
          or (octet_length(member_key) > 512)
          or (octet_length(x.member_id) > 512)
          or (member_key is not null and x.member_id is null)
        then array_remove(array[case when v1_activity_type_id is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'activity_type_id', 'type', v1_activity_type_id, 'activity_type_id is required') end,
          case when v22_member is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'member', 'card+phone', v22_member, 'member is required') end,
          case when not pointferry.matches(x.member_id, E'^(?!\\.{1,2}$)') then pointferry.fault('NORMALIZE_SHAPE', 'member', 'card+phone', x.member_id, 'not of the shape that the platform takes') end,
          case when v59_transaction_timestamp is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'transaction_timestamp', 'at', pointferry.instant_handed(v59_transaction_timestamp), 'transaction_timestamp is required') end,
          case when v72_value is null and not false then pointferry.fault('NORMALIZE_REQUIRED', 'value', 'price+share+pieces', v72_value::text, 'value is required') end,
          case when v72_value < 0 then pointferry.fault('NORMALIZE_NEGATIVE_VALUE', 'value', 'price+share+pieces', v72_value::text, 'value must not be negative') end,
          case when dis_v22_member then pointferry.fault('NORMALIZE_GROUP_DISAGREES', 'member', 'card+phone', null::text, 'the rows of the group give different values; state take for card, phone') end,
          case when dis_identity then pointferry.fault('NORMALIZE_GROUP_DISAGREES', '', 'id+till', null::text, 'the rows of the group have different identities') end,
          case when octet_length(member_key) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'card+phone', member_key, 'the key of member is longer than the 512 bytes of a key') end,
          case when octet_length(x.member_id) > 512 then pointferry.fault('NORMALIZE_TOO_LONG', 'member', 'card+phone', x.member_id, 'the id that the crosswalk has for member is longer than the 512 bytes of a key') end,
          case when member_key is not null and x.member_id is null then pointferry.fault('NORMALIZE_MEMBER_UNKNOWN', 'member', 'card+phone', member_key, 'not in the crosswalk of hang as phone') end]::jsonb[], null) end end as faults
    from (
      select b.*, v22_member as member_key
      from (
        select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
          min(gkey) as gkey, slot, count(*) as size, min(identity) as identity,
          pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
          min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
          (array_agg(v1_activity_type_id order by place, record) filter (where v1_activity_type_id is not null))[1] as v1_activity_type_id,
          max(v22_member collate "C") as v22_member,
          coalesce(min(v22_member collate "C") <> max(v22_member collate "C"), false) as dis_v22_member,
          max(v59_transaction_timestamp) as v59_transaction_timestamp,
          sum(v72_value) as v72_value,
          jsonb_agg(i1 order by place, record) filter (where i1 is not null) as i1,
          min(identity) is distinct from max(identity) as dis_identity
        from pointferry_staging.rows where not filtered
        group by slot
        offset 0) b
      offset 0) m
    left join pointferry.crosswalk x on x.account = 'hang' and x.key_type = 'phone' and x.key = m.member_key
    offset 0) c
  offset 0) d;

