/**
 * Stated formats of dates and times -> SQL: a regular expression says whether the text fits, then the parts are cut out.
 * Nothing is guessed: text that the format does not fit gives null.
 *
 * The parts are not captured by the expression where that can be helped: capturing costs ten times the test.
 */
import { PointferryError } from '../ground/errors.ts';
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
  readonly has: ReadonlySet<Part>;
  /** May the offset be left out? Only `iso` allows it. */
  readonly offsetMayMiss: boolean;
  /** SQL of what is cut out of `text` (a column) once for all parts, or null where parts are cut out of the text itself. */
  readonly cut: ((text: string) => string) | null;
  /** SQL of a part, over the text or what was cut; undefined where the format does not have it. */
  readonly part: (from: string, part: Part) => string | undefined;
}

interface Letters {
  readonly part: Part;
  readonly pattern: string;
  /** Characters; undefined: it varies. */
  readonly width?: number;
}

const months3 = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const offsetPattern = 'z|[+-][0-9]{2}(?::?[0-9]{2})?';

/** Letters of a format, longest first. */
const letters: readonly (readonly [string, Letters])[] = [
  ['yyyy', { part: 'year', pattern: '[0-9]{4}', width: 4 }],
  ['yy', { part: 'yy', pattern: '[0-9]{2}', width: 2 }],
  ['MMMM', { part: 'monthName', pattern: months }],
  ['MMM', { part: 'monthName', pattern: months3, width: 3 }],
  ['MM', { part: 'month', pattern: '[0-9]{2}', width: 2 }],
  ['M', { part: 'month', pattern: '[0-9]{1,2}' }],
  ['dd', { part: 'day', pattern: '[0-9]{2}', width: 2 }],
  ['d', { part: 'day', pattern: '[0-9]{1,2}' }],
  ['HH', { part: 'hour', pattern: '[0-9]{2}', width: 2 }],
  ['H', { part: 'hour', pattern: '[0-9]{1,2}' }],
  ['hh', { part: 'hour12', pattern: '[0-9]{2}', width: 2 }],
  ['h', { part: 'hour12', pattern: '[0-9]{1,2}' }],
  ['mm', { part: 'minute', pattern: '[0-9]{2}', width: 2 }],
  ['ss', { part: 'second', pattern: '[0-9]{2}', width: 2 }],
  ['SSS', { part: 'fraction', pattern: '[0-9]{1,9}' }],
  ['a', { part: 'half', pattern: '[ap]\\.?m\\.?' }],
  ['XXX', { part: 'offset', pattern: offsetPattern }],
];

type Token = Letters | { readonly text: string };
const isText = (token: Token): token is { readonly text: string } => 'text' in token;

/** Parses a stated format. Throws CONFIG_INVALID. `what`: a date format may have hours, and they are ignored. */
export function parseFormat(format: string, what: 'date' | 'timestamp'): TimeFormat {
  if (format === 'iso') return what === 'date' ? parseFormat('yyyy-MM-dd', 'date') : iso;
  const tokens = tokensOf(format);
  const parts = tokens.flatMap((token) => (isText(token) ? [] : [token.part]));
  const has = new Set(parts);
  if (has.size < parts.length) throw invalid(format, 'a part stands in it twice');
  const missing = missingPart(has, what);
  if (missing !== undefined) throw invalid(format, missing);
  const withLetters = tokens.some((token) => isText(token) || !/^\[0-9\]/.test(token.pattern));
  const body = tokens
    .map((token) => (isText(token) ? patternOf(token.text) : `(?:${token.pattern})`))
    .join('');
  return { pattern: `${withLetters ? '(?i)' : ''}^${body}$`, has, offsetMayMiss: false, ...waysOf(tokens) };
}

function tokensOf(format: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < format.length; ) {
    const quoted = /^'((?:[^']|'')*)'/.exec(format.slice(at));
    const known = letters.find(([word]) => format.startsWith(word, at));
    if (quoted !== null) {
      tokens.push({ text: (quoted[1] ?? '').replaceAll("''", "'") || "'" });
      at += quoted[0].length;
    } else if (known !== undefined) {
      tokens.push(known[1]);
      at += known[0].length;
    } else {
      const character = format.charAt(at);
      if (/[A-Za-z]/.test(character)) throw invalid(format, `the letter ${character} means nothing`);
      tokens.push({ text: character });
      at++;
    }
  }
  return tokens;
}

function missingPart(parts: ReadonlySet<Part>, what: 'date' | 'timestamp'): string | undefined {
  const has = (...some: Part[]): boolean => some.some((part) => parts.has(part));
  if (!has('year', 'yy')) return 'it has no year';
  if (!has('month', 'monthName')) return 'it has no month';
  if (!has('day')) return 'it has no day';
  if (has('hour12') !== has('half')) return 'h and a belong together';
  if (has('second', 'fraction', 'minute', 'offset') && !has('hour', 'hour12')) return 'it has no hour';
  if (what === 'date' && has('offset')) return 'a date has no offset';
  return undefined;
}

const invalid = (format: string, why: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', `format '${format}': ${why}`, {
    hint: "letters: yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss SSS XXX, text in 'quotes', or iso, epoch s, epoch ms",
  });

type Ways = Pick<TimeFormat, 'cut' | 'part'>;

const waysOf = (tokens: readonly Token[]): Ways =>
  byPlace(tokens) ?? bySeparators(tokens) ?? byCapture(tokens);

/** Every part but the last has a fixed width: each stands at a known place. */
function byPlace(tokens: readonly Token[]): Ways | undefined {
  const places = new Map<Part, string>();
  let place = 1;
  for (const [index, token] of tokens.entries()) {
    const width: number | undefined = isText(token) ? token.text.length : token.width;
    if (!isText(token)) places.set(token.part, width === undefined ? `${place}` : `${place}, ${width}`);
    if (width === undefined && index < tokens.length - 1) return undefined;
    place += width ?? 0;
  }
  const part = (text: string, wanted: Part): string | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : `substr(${text}, ${found})`;
  };
  return { cut: null, part };
}

/** Parts of varying width between signs that no part holds: split there. */
function bySeparators(tokens: readonly Token[]): Ways | undefined {
  const signs = new Set(tokens.flatMap((token) => (isText(token) ? [...token.text] : [])));
  if ([...signs].some((sign) => /[a-z0-9]/i.test(sign))) return undefined;
  const held: Partial<Record<Part, string>> = { half: '.', offset: '+-:' };
  const places = new Map<Part, number>();
  let place = 1;
  let before: Token | undefined;
  for (const token of tokens) {
    if (isText(token)) place += token.text.length;
    else {
      if (before !== undefined && !isText(before)) return undefined;
      if ([...(held[token.part] ?? '')].some((sign) => signs.has(sign))) return undefined;
      places.set(token.part, place);
    }
    before = token;
  }
  const split = '\u0001';
  const cut = (text: string): string =>
    `string_to_array(translate(${text}, ${literal([...signs].join(''))}, ${literal(split.repeat(signs.size))}), ${literal(split)})`;
  const part = (from: string, wanted: Part): string | undefined => {
    const found = places.get(wanted);
    return found === undefined ? undefined : `${from}[${found}]`;
  };
  return { cut, part };
}

/** Whatever is left: captured by the expression. */
function byCapture(tokens: readonly Token[]): Ways {
  const parts = tokens.flatMap((token) => (isText(token) ? [] : [token.part]));
  const body = tokens.map((token) => (isText(token) ? patternOf(token.text) : `(${token.pattern})`)).join('');
  return {
    cut: (text) => `pointferry.captured(${text}, ${literal(`(?i)^${body}$`)})`,
    part: (from, wanted) => {
      const index = parts.indexOf(wanted);
      return index < 0 ? undefined : `${from}[${index + 1}]`;
    },
  };
}

/** `iso`: what RFC 3339 and most exports write: a `T` or a blank, seconds, fraction and offset optional. */
const iso: TimeFormat = {
  pattern: `(?i)^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)? ?(?:${offsetPattern})?$`,
  has: new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction', 'offset']),
  offsetMayMiss: true,
  cut: null,
  part: (text, part) => {
    const places: Partial<Record<Part, string>> = {
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
  const number = (part: Part): string => {
    const sql = format.part(from, part);
    return sql === undefined ? '0' : `coalesce(${sql}, '0')::integer`;
  };
  const half = format.part(from, 'half');
  const hour = half === undefined ? number('hour') : `pointferry.hour_of(${number('hour12')}, ${half})`;
  const local = `pointferry.local_of(${date}, ${hour}, ${number('minute')}, ${number('second')})`;
  const fraction = format.part(from, 'fraction');
  return fraction === undefined ? local : `${local} + pointferry.fraction_of(coalesce(${fraction}, '0'))`;
}
