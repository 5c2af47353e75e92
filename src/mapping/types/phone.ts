import { literal, type Sql, sql } from '../../ground/sql-text.ts';
import { asIs, byBytes, columnType, putValue, type TextToRead } from './column-type.ts';

type Asked = TextToRead<'region'>;

export const phone = columnType({
  about: 'a phone number; E.164, or the digits that the kind wants',
  keys: ['region'],
  own: ['phone'],
  code: 'NORMALIZE_NOT_A_PHONE',
  read: (asked) => ({
    value: putValue(asked, phoneSql(asked)),
    reason: 'not a possible phone number',
  }),
  text: asIs,
  order: byBytes,
});

/** E.164 by the table that normalize fills beforehand (phones.ts); `digits` form needs no table. */
function phoneSql(asked: Asked): Sql {
  const { context, text, declared } = asked;
  if (declared?.phone?.form === 'digits') return sql`pointferry.phone_digits_of(${text})`;
  const region = regionSql(asked);
  context.phones.push({ value: text, region });
  return sql`(select p.e164 from ${context.phoneTable} p where p.value = ${text} and p.region = ${region})`;
}

/** SQL of the region: stated, from a column, or the kind's. */
function regionSql({ context, reading: { region }, declared }: Asked): Sql {
  if (typeof region === 'object')
    return sql`coalesce(pointferry.upper_of(btrim(${context.cell(region.from)})), '')`;
  return literal(region ?? declared?.phone?.region ?? '');
}
