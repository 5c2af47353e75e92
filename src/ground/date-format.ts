/**
 * Stated formats of dates and times, such as `dd-MM-yyyy HH:mm`: the letters and the tokenizer. Two things are made of the
 * tokens: SQL (mapping/types/date-sql.ts), and here a regular expression of JavaScript.
 */
import { PointferryError } from './errors.ts';

export type DatePart =
  | 'year'
  | 'yy'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'half'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'offset';

export interface Letters {
  readonly part: DatePart;
  /** Means the same to PostgreSQL and to JavaScript; to be used without case. */
  readonly pattern: string;
  /** Characters; undefined: it varies. */
  readonly width?: number;
}

export type Token = Letters | { readonly text: string };
export const isTextToken = (token: Token): token is { readonly text: string } => 'text' in token;

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);
const shortMonths = months.map((name) => name.slice(0, 3));

/** The letters of a format. A word that begins another one comes after it. */
export const dateLetters: ReadonlyMap<string, Letters> = new Map<string, Letters>([
  ['yyyy', { part: 'year', pattern: '[0-9]{4}', width: 4 }],
  ['yy', { part: 'yy', pattern: '[0-9]{2}', width: 2 }],
  ['MMMM', { part: 'monthName', pattern: months.join('|') }],
  ['MMM', { part: 'monthName', pattern: shortMonths.join('|'), width: 3 }],
  ['MM', { part: 'month', pattern: '[0-9]{2}', width: 2 }],
  ['M', { part: 'month', pattern: '[0-9]{1,2}' }],
  ['dd', { part: 'day', pattern: '[0-9]{2}', width: 2 }],
  ['d', { part: 'day', pattern: '[0-9]{1,2}' }],
  ['HH', { part: 'hour', pattern: '[0-9]{2}', width: 2 }],
  ['H', { part: 'hour', pattern: '[0-9]{1,2}' }],
  ['hh', { part: 'hour12', pattern: '[0-9]{2}', width: 2 }],
  ['h', { part: 'hour12', pattern: '[0-9]{1,2}' }],
  ['a', { part: 'half', pattern: '[ap]\\.?m\\.?' }],
  ['mm', { part: 'minute', pattern: '[0-9]{2}', width: 2 }],
  ['ss', { part: 'second', pattern: '[0-9]{2}', width: 2 }],
  ['SSS', { part: 'fraction', pattern: '[0-9]{1,9}' }],
  ['XXX', { part: 'offset', pattern: 'z|[+-][0-9]{2}(?::?[0-9]{2})?' }],
]);

/** Cuts a format into its letters, and text that stands for itself. Throws CONFIG_INVALID for a letter that means nothing. */
export function tokensOf(format: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < format.length; ) {
    const quoted = /^'((?:[^']|'')*)'/.exec(format.slice(at));
    const known = [...dateLetters].find(([word]) => format.startsWith(word, at));
    if (quoted !== null) {
      tokens.push({ text: (quoted[1] ?? '').replaceAll("''", "'") || "'" });
      at += quoted[0].length;
    } else if (known !== undefined) {
      tokens.push(known[1]);
      at += known[0].length;
    } else {
      const character = format.charAt(at);
      if (/[A-Za-z]/.test(character)) throw invalidFormat(format, `the letter ${character} means nothing`);
      tokens.push({ text: character });
      at++;
    }
  }
  return tokens;
}

export const invalidFormat = (format: string, why: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', `format '${format}': ${why}`, {
    hint: `letters: ${[...dateLetters.keys()].join(' ')}, text in 'quotes', or iso, epoch s, epoch ms`,
  });

/**
 * `iso` as a timestamp: what RFC 3339 and most exports write. A `T` or a blank; seconds, fraction and offset may be left out.
 * `group` makes a group of a part's pattern.
 */
export function isoPattern(group: (part: DatePart, pattern: string) => string): string {
  const digits = (part: DatePart, count: number): string => group(part, `[0-9]{${count}}`);
  const date = `${digits('year', 4)}-${digits('month', 2)}-${digits('day', 2)}`;
  const seconds = `(?::${digits('second', 2)}(?:[.,]${group('fraction', '[0-9]{1,9}')})?)?`;
  const offset = group('offset', dateLetters.get('XXX')?.pattern ?? '');
  return `${date}[T ]${digits('hour', 2)}:${digits('minute', 2)}${seconds} ?${offset}?`;
}

const namedGroup = (part: DatePart, pattern: string): string => `(?<${part}>${pattern})`;

/** A regular expression of JavaScript, with a group for each part. To be anchored, and used without case. */
export const namedPattern = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => (isTextToken(token) ? RegExp.escape(token.text) : namedGroup(token.part, token.pattern)))
    .join('');

/** The same of `iso` as a timestamp. */
export const namedIsoPattern = isoPattern(namedGroup);

/** The number of an English month name, by its first three letters. */
export const monthNumber = (name: string): number => shortMonths.indexOf(name.slice(0, 3).toLowerCase()) + 1;

/** The format with day and month in each other's place: 05-06 under both is two days. */
export const swapDayAndMonth = (format: string): string =>
  format.replace(/d+|M+/g, (letters) => (letters.startsWith('d') ? 'M' : 'd').repeat(letters.length));
