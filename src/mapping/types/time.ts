/** Dates and timestamps of a scalar: the columns of the row query between its text and its value. */
import { PointferryError } from '../../ground/errors.ts';
import type { Reading } from '../../pipeline/mapping.ts';
import { at, type Context } from '../query.ts';
import { column, literal } from '../sql.ts';
import { cleanText, mapped } from '../text.ts';
import { dateSql, fitting, localSql, parseFormat } from './date-sql.ts';

interface Typed {
  readonly value: string;
  /** SQL. */
  readonly code: string;
  readonly reason: string;
}

const notADate = literal('NORMALIZE_NOT_A_DATE');

export function formatsOf(reading: Reading): readonly string[] {
  if (reading.format === undefined) return ['iso'];
  return typeof reading.format === 'string' ? [reading.format] : reading.format;
}

/** Adds the columns; throws CONFIG_INVALID for formats that cannot be, or a zone that is missing. */
export function timeValue(
  context: Context,
  number: number,
  path: string,
  as: 'date' | 'timestamp',
  text: string,
  reading: Reading,
): Typed {
  const formats = formatsOf(reading);
  const zoned = reading.zone !== undefined && !isFixed(reading.zone);
  const other =
    as === 'timestamp' && zoned ? ', or a local time that does not exist or exists twice there' : '';
  const reason = `not in the format ${formats.join(' or ')}${other}`;
  const zone = zoneSql(context, number, path, reading);
  const each = formats.map((format, index) => {
    const about = `${path}_${index + 1}`;
    if (format.startsWith('epoch')) return { value: epoch(format, as, text), local: undefined };
    return written(context, number, about, as, text, format, reading, zone);
  });
  const values = each.map((one) => one.value);
  const value = context.levels.add(
    at.value,
    column('v', number, path),
    values.length === 1 ? `${values[0]}` : `coalesce(${values.join(', ')})`,
  );
  const locals = each.flatMap((one) => (one.local === undefined ? [] : [`${one.local} is not null`]));
  const local = locals.join(' or ');
  const strange =
    typeof reading.zone === 'object'
      ? `when (${local}) and ${zone} is null then 'NORMALIZE_NOT_IN_LIST' `
      : '';
  const code =
    locals.length === 0
      ? notADate
      : `case ${strange}when ${local} then 'NORMALIZE_TIME_AMBIGUOUS' else ${notADate} end`;
  return { value, code, reason };
}

/** SQL of the zone's name: stated, or of the row; undefined where none is. */
function zoneSql(context: Context, number: number, path: string, { zone }: Reading): string | undefined {
  if (typeof zone !== 'object') return zone === undefined ? undefined : literal(zone);
  const cell = cleanText(context.cell(zone.from), {}, context.nulls);
  const words = context.levels.add(at.text, column('z', number, path), cell);
  return context.levels.add(at.mapped, column('y', number, path), mapped(words, zone.map, undefined));
}

/** Clocks of these never change: nothing to be asked. */
const isFixed = (zone: Reading['zone']): boolean =>
  typeof zone === 'string' && ['UTC', 'Etc/UTC', 'GMT'].includes(zone);

function epoch(format: string, as: 'date' | 'timestamp', text: string): string {
  const perSecond = { 'epoch s': 1, 'epoch ms': 1000 }[format];
  if (perSecond === undefined) {
    throw new PointferryError('CONFIG_INVALID', `format '${format}': there are 'epoch s' and 'epoch ms'`);
  }
  const instant = `pointferry.instant_of_epoch(pointferry.decimal_of(${text}), ${perSecond})`;
  return as === 'date' ? `(${instant} at time zone 'UTC')::date` : instant;
}

/** A format with letters. `local`: the column of a local time that may turn out not to be one instant. */
function written(
  context: Context,
  number: number,
  about: string,
  as: 'date' | 'timestamp',
  text: string,
  format: string,
  reading: Reading,
  zone: string | undefined,
): { readonly value: string; readonly local: string | undefined } {
  const parsed = parseFormat(format, as);
  if (parsed.has.has('yy') && reading.pivot === undefined) {
    throw new PointferryError('CONFIG_INVALID', `format '${format}' has two-digit years: state pivot`);
  }
  const from = context.levels.add(at.plain, column('p', number, about), fitting(text, parsed));
  const date = context.levels.add(
    at.date,
    column('d', number, about),
    dateSql(from, parsed, reading.pivot ?? 0),
  );
  if (as === 'date') return { value: date, local: undefined };
  const local = context.levels.add(at.local, column('l', number, about), localSql(date, from, parsed));
  const offset = parsed.part(from, 'offset');
  const { ambiguous = 'reject' } = reading;
  const zoned =
    zone === undefined
      ? 'null::timestamptz'
      : isFixed(reading.zone)
        ? `(${local} at time zone 'UTC')`
        : `pointferry.instant_of(${local}, ${zone}, ${literal(ambiguous)})`;
  if (offset === undefined) {
    if (zone === undefined) {
      throw new PointferryError('CONFIG_INVALID', `format '${format}' has no offset: state zone`);
    }
    return { value: zoned, local };
  }
  const said = context.levels.add(at.date, column('o', number, about), offset);
  const value = `pointferry.instant_at_offset(${local}, pointferry.offset_of(${said}))`;
  if (!parsed.offsetMayMiss) return { value, local: undefined };
  const bare = context.levels.add(
    at.local,
    column('w', number, about),
    `case when ${said} is null then ${localSql(date, from, parsed)} end`,
  );
  return {
    value: `case when ${said} is null then ${zoned} else ${value} end`,
    local: zone === undefined ? undefined : bare,
  };
}
