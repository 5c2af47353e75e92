/**
 * Stated formats of dates and times -> SQL: a regular expression says whether the text fits, then the parts are cut out.
 * Nothing is guessed: text that the format does not fit gives null.
 *
 * The parts are not captured by the expression where that can be helped: capturing costs ten times the test.
 */
import {
  type DatePart,
  dateLetters,
  invalidFormat,
  isoPattern,
  isTextToken,
  type Token,
  tokensOf,
} from '../../ground/date-format.ts';
import { literal, patternOf, type Sql, sql } from '../../ground/sql-text.ts';

export interface TimeFormat {
  /** Anchored regular expression of PostgreSQL. */
  readonly pattern: string;
  readonly has: ReadonlySet<DatePart>;
  /** May the offset be left out? Only `iso` allows it. */
  readonly offsetMayMiss: boolean;
  /** SQL of what is cut out of `text` (a column) once for all parts, or null where parts are cut out of the text itself. */
  readonly cut: ((text: Sql) => Sql) | null;
  /** SQL of a part, over the text or what was cut; undefined where the format does not have it. */
  readonly part: (from: Sql, part: DatePart) => Sql | undefined;
}

const offsetPattern = dateLetters.get('XXX')?.pattern ?? '';

/** Parses a stated format. Throws CONFIG_INVALID. `what`: a date format may have hours, and they are ignored. */
export function parseFormat(format: string, what: 'date' | 'timestamp'): TimeFormat {
  if (format === 'iso') return what === 'date' ? parseFormat('yyyy-MM-dd', 'date') : iso;
  const tokens = tokensOf(format);
  const parts = tokens.flatMap((token) => (isTextToken(token) ? [] : [token.part]));
  const has = new Set(parts);
  if (has.size < parts.length) throw invalidFormat(format, 'a part stands in it twice');
  const missing = missingPart(has, what);
  if (missing !== undefined) throw invalidFormat(format, missing);
  const withLetters = tokens.some((token) => isTextToken(token) || !/^\[0-9\]/.test(token.pattern));
  const body = tokens
    .map((token) => (isTextToken(token) ? patternOf(token.text) : `(?:${token.pattern})`))
    .join('');
  return { pattern: `${withLetters ? '(?i)' : ''}^${body}$`, has, offsetMayMiss: false, ...waysOf(tokens) };
}

function missingPart(parts: ReadonlySet<DatePart>, what: 'date' | 'timestamp'): string | undefined {
  const has = (...some: DatePart[]): boolean => some.some((part) => parts.has(part));
  if (!has('year', 'yy')) return 'it has no year';
  if (!has('month', 'monthName')) return 'it has no month';
  if (!has('day')) return 'it has no day';
  if (has('hour12') !== has('half')) return 'h and a belong together';
  if (has('second', 'fraction', 'minute', 'offset') && !has('hour', 'hour12')) return 'it has no hour';
  if (what === 'date' && has('offset')) return 'a date has no offset';
  return undefined;
}

type Ways = Pick<TimeFormat, 'cut' | 'part'>;

const waysOf = (tokens: readonly Token[]): Ways =>
  byPlace(tokens) ?? bySeparators(tokens) ?? byCapture(tokens);

/** Every part but the last has a fixed width: each stands at a known place. */
function byPlace(tokens: readonly Token[]): Ways | undefined {
  const places = new Map<DatePart, Sql>();
  let place = 1;
  for (const [index, token] of tokens.entries()) {
    const width: number | undefined = isTextToken(token) ? token.text.length : token.width;
    if (!isTextToken(token))
      places.set(token.part, width === undefined ? sql`${place}` : sql`${place}, ${width}`);
    if (width === undefined && index < tokens.length - 1) return undefined;
    place += width ?? 0;
  }
  const part = (text: Sql, wanted: DatePart): Sql | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : sql`substr(${text}, ${found})`;
  };
  return { cut: null, part };
}

/** Parts of varying width between signs that no part holds: split there. */
function bySeparators(tokens: readonly Token[]): Ways | undefined {
  const signs = new Set(tokens.flatMap((token) => (isTextToken(token) ? [...token.text] : [])));
  if ([...signs].some((sign) => /[a-z0-9]/i.test(sign))) return undefined;
  const held: Partial<Record<DatePart, string>> = { half: '.', offset: '+-:' };
  const places = new Map<DatePart, number>();
  let place = 1;
  let before: Token | undefined;
  for (const token of tokens) {
    if (isTextToken(token)) place += token.text.length;
    else {
      if (before !== undefined && !isTextToken(before)) return undefined;
      if ([...(held[token.part] ?? '')].some((sign) => signs.has(sign))) return undefined;
      places.set(token.part, place);
    }
    before = token;
  }
  const split = '\u0001';
  const cut = (text: Sql): Sql =>
    sql`string_to_array(translate(${text}, ${literal([...signs].join(''))}, ${literal(split.repeat(signs.size))}), ${literal(split)})`;
  const part = (from: Sql, wanted: DatePart): Sql | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : sql`${from}[${found}]`;
  };
  return { cut, part };
}

/** Whatever is left: captured by the expression. */
function byCapture(tokens: readonly Token[]): Ways {
  const parts = tokens.flatMap((token) => (isTextToken(token) ? [] : [token.part]));
  const body = tokens
    .map((token) => (isTextToken(token) ? patternOf(token.text) : `(${token.pattern})`))
    .join('');
  return {
    cut: (text) => sql`pointferry.captured(${text}, ${literal(`(?i)^${body}$`)})`,
    part: (from, wanted) => {
      const index = parts.indexOf(wanted);
      return index < 0 ? undefined : sql`${from}[${index + 1}]`;
    },
  };
}

const iso: TimeFormat = {
  pattern: `(?i)^${isoPattern((part, pattern) => (part === 'offset' ? `(?:${pattern})` : pattern))}$`,
  has: new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'offset']),
  offsetMayMiss: true,
  cut: null,
  part: (text, part) => {
    const places: Partial<Record<DatePart, Sql>> = {
      year: sql`substr(${text}, 1, 4)`,
      month: sql`substr(${text}, 6, 2)`,
      day: sql`substr(${text}, 9, 2)`,
      hour: sql`substr(${text}, 12, 2)`,
      minute: sql`substr(${text}, 15, 2)`,
      second: sql`case when substr(${text}, 17, 1) = ':' then substr(${text}, 18, 2) end`,
      fraction: sql`case when substr(${text}, 20, 1) in ('.', ',') then substring(${text} from '^.{20}([0-9]+)') end`,
      offset: sql`case when length(${text}) = 16 or (length(${text}) = 19 and substr(${text}, 17, 1) = ':') then null else (pointferry.captured(${text}, ${literal(`(?i)(${offsetPattern})$`)}))[1] end`,
    };
    return places[part];
  },
};

/**
 * SQL of the text where it fits the format, else null; and what is cut out of it. To be a column of its own: parts are
 * asked of it.
 */
export function fitting(text: Sql, format: TimeFormat): Sql {
  return sql`case when pointferry.matches(${text}, ${literal(format.pattern)}) then ${format.cut === null ? text : format.cut(text)} end`;
}

/** SQL of the date in `from` (a column of `fitting`). `pivot` for two-digit years. */
export function dateSql(from: Sql, format: TimeFormat, pivot: number): Sql {
  const yy = format.part(from, 'yy');
  const year =
    yy === undefined
      ? sql`${partOf(from, format, 'year')}::integer`
      : sql`pointferry.year_of(${yy}::integer, ${pivot})`;
  const named = format.part(from, 'monthName');
  const month =
    named === undefined ? sql`${partOf(from, format, 'month')}::integer` : sql`pointferry.month_of(${named})`;
  return sql`pointferry.date_of(${year}, ${month}, ${partOf(from, format, 'day')}::integer)`;
}

/** A part that every format has. */
function partOf(from: Sql, format: TimeFormat, part: 'year' | 'month' | 'day'): Sql {
  const found = format.part(from, part);
  if (found === undefined) throw new TypeError(`a format without ${part}`);
  return found;
}

/** SQL of the local time: `date` is a column with the date of the same text. */
export function localSql(date: Sql, from: Sql, format: TimeFormat): Sql {
  const number = (part: DatePart): Sql => {
    const found = format.part(from, part);
    return found === undefined ? sql`0` : sql`coalesce(${found}, '0')::integer`;
  };
  const half = format.part(from, 'half');
  const hour = half === undefined ? number('hour') : sql`pointferry.hour_of(${number('hour12')}, ${half})`;
  const local = sql`pointferry.local_of(${date}, ${hour}, ${number('minute')}, ${number('second')})`;
  const fraction = format.part(from, 'fraction');
  return fraction === undefined ? local : sql`${local} + pointferry.fraction_of(coalesce(${fraction}, '0'))`;
}
