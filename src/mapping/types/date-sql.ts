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
import { literal, patternOf } from '../sql.ts';

export interface TimeFormat {
  /** Anchored regular expression of PostgreSQL. */
  readonly pattern: string;
  readonly has: ReadonlySet<DatePart>;
  /** May the offset be left out? Only `iso` allows it. */
  readonly offsetMayMiss: boolean;
  /** SQL of what is cut out of `text` (a column) once for all parts, or null where parts are cut out of the text itself. */
  readonly cut: ((text: string) => string) | null;
  /** SQL of a part, over the text or what was cut; undefined where the format does not have it. */
  readonly part: (from: string, part: DatePart) => string | undefined;
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
  const places = new Map<DatePart, string>();
  let place = 1;
  for (const [index, token] of tokens.entries()) {
    const width: number | undefined = isTextToken(token) ? token.text.length : token.width;
    if (!isTextToken(token)) places.set(token.part, width === undefined ? `${place}` : `${place}, ${width}`);
    if (width === undefined && index < tokens.length - 1) return undefined;
    place += width ?? 0;
  }
  const part = (text: string, wanted: DatePart): string | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : `substr(${text}, ${found})`;
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
  const cut = (text: string): string =>
    `string_to_array(translate(${text}, ${literal([...signs].join(''))}, ${literal(split.repeat(signs.size))}), ${literal(split)})`;
  const part = (from: string, wanted: DatePart): string | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : `${from}[${found}]`;
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
    cut: (text) => `pointferry.captured(${text}, ${literal(`(?i)^${body}$`)})`,
    part: (from, wanted) => {
      const index = parts.indexOf(wanted);
      return index < 0 ? undefined : `${from}[${index + 1}]`;
    },
  };
}

const iso: TimeFormat = {
  pattern: `(?i)^${isoPattern((part, pattern) => (part === 'offset' ? `(?:${pattern})` : pattern))}$`,
  has: new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'offset']),
  offsetMayMiss: true,
  cut: null,
  part: (text, part) => {
    const places: Partial<Record<DatePart, string>> = {
      year: `substr(${text}, 1, 4)`,
      month: `substr(${text}, 6, 2)`,
      day: `substr(${text}, 9, 2)`,
      hour: `substr(${text}, 12, 2)`,
      minute: `substr(${text}, 15, 2)`,
      second: `case when substr(${text}, 17, 1) = ':' then substr(${text}, 18, 2) end`,
      fraction: `case when substr(${text}, 20, 1) in ('.', ',') then substring(${text} from '^.{20}([0-9]+)') end`,
      offset: `case when length(${text}) = 16 or (length(${text}) = 19 and substr(${text}, 17, 1) = ':') then null else (pointferry.captured(${text}, ${literal(`(?i)(${offsetPattern})$`)}))[1] end`,
    };
    return places[part];
  },
};

/**
 * SQL of the text where it fits the format, else null; and what is cut out of it. To be a column of its own: parts are
 * asked of it.
 */
export function fitting(text: string, format: TimeFormat): string {
  return `case when pointferry.matches(${text}, ${literal(format.pattern)}) then ${format.cut === null ? text : format.cut(text)} end`;
}

/** SQL of the date in `from` (a column of `fitting`). `pivot` for two-digit years. */
export function dateSql(from: string, format: TimeFormat, pivot: number): string {
  const yy = format.part(from, 'yy');
  const year =
    yy === undefined
      ? `${format.part(from, 'year')}::integer`
      : `pointferry.year_of(${yy}::integer, ${pivot})`;
  const named = format.part(from, 'monthName');
  const month =
    named === undefined ? `${format.part(from, 'month')}::integer` : `pointferry.month_of(${named})`;
  return `pointferry.date_of(${year}, ${month}, ${format.part(from, 'day')}::integer)`;
}

/** SQL of the local time: `date` is a column with the date of the same text. */
export function localSql(date: string, from: string, format: TimeFormat): string {
  const number = (part: DatePart): string => {
    const sql = format.part(from, part);
    return sql === undefined ? '0' : `coalesce(${sql}, '0')::integer`;
  };
  const half = format.part(from, 'half');
  const hour = half === undefined ? number('hour') : `pointferry.hour_of(${number('hour12')}, ${half})`;
  const local = `pointferry.local_of(${date}, ${hour}, ${number('minute')}, ${number('second')})`;
  const fraction = format.part(from, 'fraction');
  return fraction === undefined ? local : `${local} + pointferry.fraction_of(coalesce(${fraction}, '0'))`;
}
