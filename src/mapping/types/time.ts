/** Dates and timestamps: the columns of the row query between their text and their value. */
import { PointferryError } from '../../ground/errors.ts';
import { column, join, literal, type Sql, sql } from '../../ground/sql-text.ts';
import type { Reading } from '../../pipeline/mapping.ts';
import { at } from '../query.ts';
import { cleanText, mapped } from '../text.ts';
import { putValue, type TextToRead, type TypedValue } from './column-type.ts';
import { dateSql, fitting, localSql, parseFormat } from './date-sql.ts';

type Kind = 'date' | 'timestamp';
type Asked = Omit<TextToRead<'format' | 'pivot' | 'zone'>, 'reading'> & { readonly reading: Reading };

export function formatsOf(reading: Pick<Reading, 'format'>): readonly string[] {
  if (reading.format === undefined) return ['iso'];
  return typeof reading.format === 'string' ? [reading.format] : reading.format;
}

/** Adds the columns. Throws CONFIG_INVALID for formats that cannot be, or a zone that is missing. */
export function readTime(asked: Asked, kind: Kind): TypedValue {
  const { path, text, reading } = asked;
  const formats = formatsOf(reading);
  const zone = zoneSql(asked);
  const each = formats.map((format, index): Instant => {
    const about = `${path}_${index + 1}`;
    if (format.startsWith('epoch')) return { value: epoch(format, kind, text), local: null };
    return written({ asked, kind, about, format, zone });
  });
  const values = each.map((one) => one.value);
  const value = putValue(
    asked,
    values.length === 1 ? join(values, '') : sql`coalesce(${join(values, ', ')})`,
  );
  const code = codeSql(each, typeof reading.zone === 'object' ? zone : null);
  return { value, reason: reasonOf(reading, formats, kind), code };
}

function reasonOf({ zone }: Reading, formats: readonly string[], kind: Kind): string {
  const isLocal = kind === 'timestamp' && zone !== undefined && !isFixed(zone);
  const other = isLocal ? ', or a local time that does not exist or exists twice there' : '';
  return `not in the format ${formats.join(' or ')}${other}`;
}

/** `zone`: SQL of the zone of each row, or null where all rows have one. */
function codeSql(each: readonly Instant[], zone: Sql | null): Sql {
  const notADate = literal('NORMALIZE_NOT_A_DATE');
  const locals = each.flatMap(({ local }) => (local === null ? [] : [sql`${local} is not null`]));
  if (locals.length === 0) return notADate;
  const local = join(locals, ' or ');
  const strange =
    zone === null ? sql`` : sql`when (${local}) and ${zone} is null then 'NORMALIZE_NOT_IN_LIST' `;
  return sql`case ${strange}when ${local} then 'NORMALIZE_TIME_AMBIGUOUS' else ${notADate} end`;
}

/** SQL of the zone's name: stated, or of the row; null where none is. */
function zoneSql({ context, number, path, reading: { zone } }: Asked): Sql | null {
  if (typeof zone !== 'object') return zone === undefined ? null : literal(zone);
  const cell = cleanText(context.cell(zone.from), {}, context.nulls);
  const words = context.levels.add(at.text, column('z', number, path), cell);
  return context.levels.add(at.mapped, column('y', number, path), mapped(words, zone.map, undefined));
}

/** Clocks of these never change: there is nothing to decide. */
const isFixed = (zone: Reading['zone']): boolean =>
  typeof zone === 'string' && ['UTC', 'Etc/UTC', 'GMT'].includes(zone);

function epoch(format: string, kind: Kind, text: Sql): Sql {
  const perSecond = { 'epoch s': 1, 'epoch ms': 1000 }[format];
  if (perSecond === undefined) {
    throw new PointferryError('CONFIG_INVALID', `format '${format}': there are 'epoch s' and 'epoch ms'`);
  }
  const instant = sql`pointferry.instant_of_epoch(pointferry.decimal_of(${text}), ${perSecond})`;
  return kind === 'date' ? sql`(${instant} at time zone 'UTC')::date` : instant;
}

interface Instant {
  readonly value: Sql;
  /** Column of a local time that may turn out not to be one instant, or null. */
  readonly local: Sql | null;
}

interface Written {
  readonly asked: Asked;
  readonly kind: Kind;
  /** Name of the columns. */
  readonly about: string;
  readonly format: string;
  readonly zone: Sql | null;
}

/** A format with letters. */
function written({ asked, kind, about, format, zone }: Written): Instant {
  const { context, number, text, reading } = asked;
  const parsed = parseFormat(format, kind);
  if (parsed.has.has('yy') && reading.pivot === undefined) {
    throw new PointferryError('CONFIG_INVALID', `format '${format}' has two-digit years: state pivot`);
  }
  const put = (level: number, prefix: string, value: Sql): Sql =>
    context.levels.add(level, column(prefix, number, about), value);
  const from = put(at.plain, 'p', fitting(text, parsed));
  const date = put(at.date, 'd', dateSql(from, parsed, reading.pivot ?? 0));
  if (kind === 'date') return { value: date, local: null };
  const local = put(at.local, 'l', localSql(date, from, parsed));
  const zoned = zonedSql(reading, local, zone);
  const offset = parsed.part(from, 'offset');
  if (offset === undefined) {
    if (zone === null) {
      throw new PointferryError('CONFIG_INVALID', `format '${format}' has no offset: state zone`);
    }
    return { value: zoned, local };
  }
  const stated = put(at.date, 'o', offset);
  const value = sql`pointferry.instant_at_offset(${local}, pointferry.offset_of(${stated}))`;
  if (!parsed.offsetMayMiss) return { value, local: null };
  const bare = put(at.local, 'w', sql`case when ${stated} is null then ${localSql(date, from, parsed)} end`);
  return {
    value: sql`case when ${stated} is null then ${zoned} else ${value} end`,
    local: zone === null ? null : bare,
  };
}

function zonedSql({ zone: stated, ambiguous = 'reject' }: Reading, local: Sql, zone: Sql | null): Sql {
  if (zone === null) return sql`null::timestamptz`;
  if (isFixed(stated)) return sql`(${local} at time zone 'UTC')`;
  return sql`pointferry.instant_of(${local}, ${zone}, ${literal(ambiguous)})`;
}
