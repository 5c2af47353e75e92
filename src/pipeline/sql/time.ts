/**
 * Stated formats of dates and times -> a regular expression, and SQL that puts the captured parts together.
 * Nothing is guessed: text that the format does not fit gives null.
 */
import { PointferryError } from '../../errors.ts';
import { literal, patternOf } from './quote.ts';

type Part =
  | 'year'
  | 'yy'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'offset';

export interface TimeFormat {
  /** Anchored regular expression of PostgreSQL. */
  readonly pattern: string;
  /** In the order of the pattern's groups. */
  readonly parts: readonly Part[];
}

const months3 = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const months = 'january|february|march|april|may|june|july|august|september|october|november|december';

/** Letters of a format, longest first. */
const letters: readonly (readonly [string, Part, string])[] = [
  ['yyyy', 'year', '([0-9]{4})'],
  ['yy', 'yy', '([0-9]{2})'],
  ['MMMM', 'monthName', `(${months})`],
  ['MMM', 'monthName', `(${months3})`],
  ['MM', 'month', '([0-9]{2})'],
  ['M', 'month', '([0-9]{1,2})'],
  ['dd', 'day', '([0-9]{2})'],
  ['d', 'day', '([0-9]{1,2})'],
  ['HH', 'hour', '([0-9]{2})'],
  ['H', 'hour', '([0-9]{1,2})'],
  ['hh', 'hour12', '([0-9]{2})'],
  ['h', 'hour12', '([0-9]{1,2})'],
  ['mm', 'minute', '([0-9]{2})'],
  ['ss', 'second', '([0-9]{2})'],
  ['SSS', 'fraction', '([0-9]{1,9})'],
  ['a', 'half', '([ap]\\.?m\\.?)'],
  ['XXX', 'offset', '(z|[+-][0-9]{2}(?::?[0-9]{2})?)'],
];

/** `iso`: what RFC 3339 and most exports write: a `T` or a blank, seconds and offset optional. */
const iso = {
  date: { pattern: '^([0-9]{4})-([0-9]{2})-([0-9]{2})$', parts: ['year', 'month', 'day'] },
  time: {
    pattern:
      '(?i)^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)? ?(z|[+-][0-9]{2}(?::?[0-9]{2})?)?$',
    parts: ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'offset'],
  },
} as const satisfies Record<string, TimeFormat>;

/** Parses a stated format. Throws CONFIG_INVALID. `what`: a date format has no hours, a time format needs them. */
export function parseFormat(text: string, what: 'date' | 'timestamp'): TimeFormat {
  if (text === 'iso') return what === 'date' ? iso.date : iso.time;
  const parts: Part[] = [];
  let pattern = '';
  for (let at = 0; at < text.length; ) {
    const quoted = /^'((?:[^']|'')*)'/.exec(text.slice(at));
    const known = letters.find(([word]) => text.startsWith(word, at));
    if (quoted !== null) {
      pattern += patternOf((quoted[1] ?? '').replaceAll("''", "'") || "'");
      at += quoted[0].length;
    } else if (known !== undefined) {
      const [word, part, group] = known;
      if (parts.includes(part)) throw invalid(text, `${word} stands in it twice`);
      parts.push(part);
      pattern += group;
      at += word.length;
    } else {
      const character = text.charAt(at);
      if (/[A-Za-z]/.test(character)) throw invalid(text, `the letter ${character} means nothing`);
      pattern += patternOf(character);
      at++;
    }
  }
  const missing = missingPart(parts, what);
  if (missing !== undefined) throw invalid(text, missing);
  return { pattern: `(?i)^${pattern}$`, parts };
}

function missingPart(parts: readonly Part[], what: 'date' | 'timestamp'): string | undefined {
  const has = (...some: Part[]): boolean => some.some((part) => parts.includes(part));
  if (!has('year', 'yy')) return 'it has no year';
  if (!has('month', 'monthName')) return 'it has no month';
  if (!has('day')) return 'it has no day';
  if (has('hour12') !== has('half')) return 'h and a belong together';
  if (has('second', 'fraction', 'minute', 'offset') && !has('hour', 'hour12')) return 'it has no hour';
  if (what === 'date' && has('offset')) return 'a date has no offset';
  return undefined;
}

const invalid = (text: string, why: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', `format '${text}': ${why}`, {
    hint: "letters: yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss SSS XXX, text in 'quotes', or iso, epoch s, epoch ms",
  });

/** SQL of the captured parts of `text` (a column), as text[]; null where the format does not fit. */
export const captured = (text: string, format: TimeFormat): string =>
  `regexp_match(${text}, ${literal(format.pattern)})`;

/** SQL of the date in `parts` (a column of `captured`). `pivot` for two-digit years. */
export function dateSql(parts: string, format: TimeFormat, pivot: number): string {
  const at = (part: Part): string | undefined => {
    const index = format.parts.indexOf(part);
    return index < 0 ? undefined : `${parts}[${index + 1}]`;
  };
  const yy = at('yy');
  const year = yy === undefined ? `${at('year')}::integer` : `pointferry.year_of(${yy}::integer, ${pivot})`;
  const named = at('monthName');
  const month = named === undefined ? `${at('month')}::integer` : `pointferry.month_of(${named})`;
  return `pointferry.date_of(${year}, ${month}, ${at('day')}::integer)`;
}

/** SQL of the local time: `date` is a column with the date of the same parts. */
export function localSql(date: string, parts: string, format: TimeFormat): string {
  const at = (part: Part): string | undefined => {
    const index = format.parts.indexOf(part);
    return index < 0 ? undefined : `${parts}[${index + 1}]`;
  };
  const number = (part: Part): string => {
    const sql = at(part);
    return sql === undefined ? '0' : `coalesce(${sql}, '0')::integer`;
  };
  const half = at('half');
  const hour = half === undefined ? number('hour') : `pointferry.hour_of(${number('hour12')}, ${half})`;
  const fraction = at('fraction');
  return `pointferry.local_of(${date}, ${hour}, ${number('minute')}, ${number('second')}, ${
    fraction === undefined ? "'0'" : `coalesce(${fraction}, '0')`
  })`;
}

/** SQL of the text of the offset, or undefined where the format has none. */
export function offsetSql(parts: string, format: TimeFormat): string | undefined {
  const index = format.parts.indexOf('offset');
  return index < 0 ? undefined : `${parts}[${index + 1}]`;
}

/** `iso` may leave the offset out; a format of one's own that has XXX always holds one. */
export const offsetMayMiss = (format: TimeFormat): boolean => format === iso.time;
