/** How the bytes of a file become cells, as a pipeline says it: plain data; `src/stage` keeps the promise. */
import {
  type Check,
  choose,
  count,
  dictionary,
  flag,
  has,
  type Infer,
  isList,
  isRecord,
  list,
  needed,
  object,
  oneOf,
  positive,
  text,
  texts,
} from '../ground/shape.ts';

const isNull = (value: unknown): boolean => value === null;
const nothing: Check<null> = () => undefined;
const orNull = (check: Check<string>): Check<string | null> =>
  choose<string | null>('a text or null', { when: isNull, use: nothing }, { when: () => true, use: check });

const encoding = oneOf('utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'iso-8859-1', 'windows-1252');
export type Encoding = Infer<typeof encoding>;

/** How a control record is known: its first cell equals `first`, or its line matches the regular expression `match`. */
export type RecordRule = { readonly first: string } | { readonly match: string };
const recordRule = choose<RecordRule | null>(
  '{ first } or { match }',
  { when: isNull, use: nothing },
  { when: has('first'), use: object({ first: needed(text) }) },
  { when: isRecord, use: object({ match: needed(text) }) },
);

const control = object({ count: positive, total: positive });
const fixed = object({ name: needed(text), at: needed(positive), width: needed(positive) });

export const format = object({
  /** Between cells; default `,`. @example delimiter: '\t' */
  delimiter: text,
  /** Default `"`; `null`: a quote is a character like any other. @example quote: null */
  quote: orNull(text),
  /** Makes a quote inside quotes literal; default the quote itself, doubled. @example escape: '\\' */
  escape: text,
  /**
   * `utf-8` (default), `utf-16`, `utf-16le`, `utf-16be`, `iso-8859-1`, `windows-1252`. Bytes that do not fit are
   * errors of their record.
   * @example encoding: 'windows-1252'
   */
  encoding,
  /**
   * `true` (default): the first record names the columns; `false`: `column_1` …; or the names.
   * @example header: ['id', 'when', 'total']
   */
  header: choose<boolean | readonly string[]>(
    'true, false or a list of names',
    { when: isList, use: list(text, 1) },
    { when: () => true, use: flag },
  ),
  /** Lines before the header that are skipped. @example preamble: 2 */
  preamble: count,
  /** Lines beginning with this are skipped. @example comment: '#' */
  comment: orNull(text),
  /** Default all three. @example lineEnds: ['\r\n'] */
  lineEnds: list(oneOf('\r\n', '\n', '\r'), 1),
  /** Bytes one record may have; default 1 MiB. @example maxRecordSize: 65_536 */
  maxRecordSize: positive,
  /**
   * A record before the header that is no row: its `first` cell, or a line to `match`.
   * @example leader: { first: 'H' }
   */
  leader: recordRule,
  /**
   * The last record, when it is no row; without it the file is refused as cut.
   * @example trailer: { match: '^TRL([0-9]+)$' }
   */
  trailer: recordRule,
  /**
   * Which of the trailer's cells, from 1, holds the `count` of rows, or the `total` of the `amount`.
   * @example control: { count: 2, total: 3 }
   */
  control,
  /** `'required'`: a last line without its end is a cut one. @example finalNewline: 'required' */
  finalNewline: oneOf('optional', 'required'),
  /** Line ends inside quotes: `'check'` (default), `'trust'`, `'refuse'`. @example multiline: 'refuse' */
  multiline: oneOf('check', 'trust', 'refuse'),
  /**
   * A fixed-width file: `name`, `at` (characters, from 1), `width`.
   * @example fixed: [{ name: 'Store', at: 10, width: 4 }]
   */
  fixed: list(fixed, 1),
  /** Other names a column may have in a header, most wanted first. @example aliases: { member_id: ['MemberID'] } */
  aliases: dictionary(list(text, 1)),
  /** Columns that nobody uses: `'accept'` (default), `'warn'`, `'refuse'`. @example extra: 'refuse' */
  extra: oneOf('accept', 'warn', 'refuse'),
  /** Names of columns: `'loose'` (default: without case and outer blanks) or `'exact'`. @example match: 'exact' */
  match: oneOf('loose', 'exact'),
  /** Cells that mean empty, beside the empty one; a column may state its own. @example nulls: ['NULL', 'n/a'] */
  nulls: texts,
});
export type Format = Infer<typeof format>;
