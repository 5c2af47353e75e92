/**
 * The grammar of a pipeline: one literal per file in `pipelines/`. Data only, so that a run can store its definition and resume
 * with it. Types, checks and the tables of pipelines/README.md are made of these declarations; a key's comment is its row there.
 */

import {
  anyText,
  type Check,
  choose,
  count,
  dictionary,
  exactly,
  flag,
  has,
  type Infer,
  type InferKeys,
  isList,
  isRecord,
  isText,
  list,
  needed,
  object,
  oneOf,
  positive,
  text,
  texts,
  that,
} from '../ground/shape.ts';
import type { Threshold } from '../ground/threshold.ts';
import { format } from './format.ts';
import {
  field,
  type KeyColumn,
  keyColumn,
  numberForm,
  scalars,
  shortText,
  textOrTexts,
  zone,
} from './mapping.ts';
import { duration, type EnvRef, sources } from './source.ts';

export type { Threshold };

/** One condition on a cell's text (surrounding blanks off; an empty or missing cell is the text `''`). */
export interface Condition {
  /** The cell's text is this; short: the text. @example where: { type: { equals: 'sale' } } */
  readonly equals?: string;
  /** It is one of these; short: the list. @example where: { store: ['1', '2'] } */
  readonly in?: readonly string[];
  /** The opposite of a text, a list or a condition. @example where: { balance: { not: { matches: '^0+$' } } } */
  readonly not?: string | readonly string[] | Condition;
  /** Empty or a null token. @example where: { email: { empty: false } } */
  readonly empty?: boolean;
  /**
   * A regular expression of PostgreSQL, anywhere in the text unless anchored.
   * @example where: { sku: { matches: '^(A|B)' } }
   */
  readonly matches?: string;
}

/**
 * Which rows are sent; the others are filtered. Columns of one object must all hold: `{ type: 'sale', store: ['1', '2'] }`.
 * `{ or: [{…}, {…}] }` and `{ and: [{…}, {…}] }` combine. Every test is true or false, never unknown.
 */
export interface Where {
  readonly [column: string]: string | readonly string[] | Condition | readonly Where[];
}

const condition: Check<string | readonly string[] | Condition> = choose<
  string | readonly string[] | Condition
>(
  'a condition',
  { when: isText, use: anyText },
  { when: isList, use: texts },
  {
    when: isRecord,
    use: (value, path, report) =>
      object({ equals: anyText, in: texts, not: condition, empty: flag, matches: text })(value, path, report),
  },
);
const where: Check<Where> = (value, path, report) => {
  const isBranch = (item: unknown): boolean => isList(item) && item.some(isRecord);
  const branch = choose<unknown>(
    'a condition',
    { when: isBranch, use: list(where, 1) },
    { when: () => true, use: condition },
  );
  dictionary(branch)(value, path, report);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (isBranch(item) && key !== 'or' && key !== 'and')
      report(`${path}.${key}`, 'a list of conditions stands under "or" or "and"');
  }
};

const take = oneOf('min', 'max', 'first', 'last', 'same');
/** Which of a group's values an operation takes; default: those that are not empty must be the same. */
export type Take = Infer<typeof take>;

const group = object({
  /** The column, or columns, that make a group. @example group: { by: ['store', 'receipt'] } */
  by: needed(
    choose<KeyColumn | readonly KeyColumn[]>(
      'a column or several',
      { when: isList, use: list(keyColumn, 1) },
      { when: () => true, use: keyColumn },
    ),
  ),
  /**
   * Where rows may differ, by source column: `'min'`, `'max'`, `'first'`, `'last'`; else they must agree (`'same'`).
   * @example group: { by: 'no', take: { at: 'min' } }
   */
  take: dictionary(take),
  /** Columns that stand on the group's first row only. @example group: { by: 'Name', fill: ['Email'] } */
  fill: list(text, 1),
  /**
   * `'files'`: a group may have lines in several files of a run; default in one file only.
   * @example group: { by: 'no', across: 'files' }
   */
  across: oneOf('files'),
});
export type Group = Infer<typeof group>;

/**
 * What makes an event the same is `source:key`, by a recipe that is frozen. Sources `act` and `act:q` would meet: key `q:1`
 * of the one is key `1` of the other, and one of the two events would never be sent.
 */
const identitySource: Check<string> = (value, path, report) => {
  shortText(value, path, report);
  if (isText(value) && value.includes(':'))
    report(
      path,
      `must not hold ':', or the events of two sources could be taken for one: write ${JSON.stringify(value.replaceAll(':', '-'))}, for instance; another name has no history, so take care that no file comes again whose events were sent under the old one`,
    );
};
const naturalKey = object({ source: needed(identitySource), columns: needed(list(keyColumn, 1)) });
/** No natural key: content of the file and record number; only whole files are recognized again. */
const fileAndRecord = object({ source: needed(identitySource), file: needed(exactly(true)) });
export type Identity = Infer<typeof naturalKey> | Infer<typeof fileAndRecord>;

const dateOfName = object({
  fileName: needed(
    that<string>(
      "a text with a date in it, such as 'sales_{yyyyMMdd}'",
      (value) => isText(value) && /\{[^{}]+\}/.test(value),
    ),
  ),
  zone,
});
/** The earliest date of a column. */
const dateOfColumn = object({ column: needed(text), format: textOrTexts, pivot: count, zone });
/** The day the run is started (or `--date`). */
const dateOfRun = object({ run: needed(exactly(true)), zone });
/** The day that a file is about. */
export type BusinessDate = Infer<typeof dateOfName> | Infer<typeof dateOfColumn> | Infer<typeof dateOfRun>;

const currency = that<string>(
  "a currency such as 'USD'",
  (value) => isText(value) && /^[A-Z]{3,10}$/.test(value),
);
const amountKeys = {
  ...numberForm,
  /**
   * `'row'` (default), or `'group'`: counted once, on the group's first row that has one.
   * @example amount: { from: 'Total', per: 'group', currency: 'EUR' }
   */
  per: oneOf('row', 'group'),
  /** Its name, or the column with it. @example currency: { from: 'Currency' } */
  currency: needed(
    choose<string | { readonly from: string }>(
      'a currency or { from }',
      { when: isText, use: currency },
      { when: isRecord, use: object({ from: needed(text) }) },
    ),
  ),
};
const amountOfCell = object({ from: needed(text), ...amountKeys });
const amountOfFormula = object({ compute: needed(text), ...amountKeys });
/** The money (or points) of a row, for the books; counted with exact decimals, apart by currency. */
export type Amount = Infer<typeof amountOfCell> | Infer<typeof amountOfFormula>;

const threshold = that<Threshold>("a number of rows, or a share such as '1%'", (value) =>
  typeof value === 'number'
    ? Number.isInteger(value) && value >= 0
    : isText(value) && /^\d+(\.\d+)?\s*%$/.test(value),
);
const thresholds = object({
  /**
   * Rejected of read, before anything is sent: `warn`, `stop`; a count or a share.
   * @example intake: { warn: '1%', stop: '5%' }
   */
  intake: object({ warn: threshold, stop: threshold }),
  /**
   * Refused of settled, over the run and its last ones: `warn`, `stop`; not before `after` are settled, default 200.
   * @example push: { stop: '5%', after: 200 }
   */
  push: object({ warn: threshold, stop: threshold, after: count }),
  /** Up to this number of rows that need attention, the run ends with exit 0. @example tolerate: 10 */
  tolerate: threshold,
});
export type Thresholds = Infer<typeof thresholds>;

/** How many records a file has at least: a number, or a share of what the last files had (`'50%'`). */
const expectedRows = object({ atLeast: needed(threshold), otherwise: oneOf('refuse', 'warn') });
export type ExpectedRows = Infer<typeof expectedRows>;

const clock = that<string>(
  "a time such as '02:30'",
  (value) => isText(value) && /^([01]\d|2[0-3]):[0-5]\d$/.test(value),
);
const schedule = object({
  /** When it runs. @example schedule: { at: '02:30', zone: 'UTC', deadline: '05:00' } */
  at: needed(clock),
  /** In which zone. @example schedule: { at: '02:30', zone: 'UTC' } */
  zone: needed(zone),
  /** When it must have ended. @example schedule: { at: '02:30', zone: 'UTC', deadline: '05:00' } */
  deadline: clock,
});

export const pipelineShape = object({
  /** The file in `accounts/`. @example account: 'hang-us' */
  account: needed(text),
  /** The kind. @example operation: 'hang.activity' */
  operation: needed(text),
  /** Who is asked when rows are wrong. @example owner: 'pos-team@example.com' */
  owner: text,
  /** One sentence for people. @example description: 'Receipts of the cash registers' */
  description: text,
  /** Where files come from: `local(…)` or `sftp(…)`. @example source: local('inbox/pos/*.csv') */
  source: needed(sources),
  /** What the bytes look like; default comma, UTF-8, header. @example format: { delimiter: ';' } */
  format,
  /**
   * The day a file is about: from its `fileName`, a `column`†, or the day it is `run` (default, in UTC).
   * @example businessDate: { fileName: 'sales_{yyyyMMdd}', zone: 'America/Chicago' }
   */
  businessDate: choose<BusinessDate>(
    '{ fileName }, { column } or { run: true }',
    { when: has('fileName'), use: dateOfName },
    { when: has('column'), use: dateOfColumn },
    { when: isRecord, use: dateOfRun },
  ),
  /**
   * Events: what makes one the same: a `source` word (without `:`) and `columns`, or `file: true`. Fixed once
   * something was sent; another rule needs another `source` word.
   * @example identity: { source: 'pos', columns: ['transaction_id'] }
   */
  identity: choose<Identity>(
    '{ source, columns } or { source, file: true }',
    { when: has('file'), use: fileAndRecord },
    { when: isRecord, use: naturalKey },
  ),
  /**
   * States: when the row's values became true; without it the business date, at midnight in its zone.
   * @example version: { from: 'changed_at', zone: 'UTC' }
   */
  version: scalars.from,
  /** Rows that make one operation. @example group: { by: 'transaction_id' } */
  group,
  /**
   * How numbers are written, by column; `'*'` for all. A mapping's own keys win.
   * @example numbers: { '*': { decimal: ',' }, Amount: { implied: 2 } }
   */
  numbers: dictionary(object(numberForm)),
  /** Field of the kind: where it comes from. @example columns: { value: { from: 'total' } } */
  columns: needed(dictionary(field)),
  /** The money of a row, for the books. @example amount: { from: 'total', currency: 'USD' } */
  amount: choose<Amount>(
    'an amount',
    { when: has('compute'), use: amountOfFormula },
    { when: isRecord, use: amountOfCell },
  ),
  /** Which rows are sent; the others are filtered. @example where: { type: { not: 'refund' } } */
  where,
  /** The file holds all items of a list or dictionary that replaces the whole. @example complete: true */
  complete: flag,
  /** How long a row waits for its member; default 30 days. @example parkFor: '90d' */
  parkFor: duration,
  /** A file without rows: `'error'` (default, exit 1) or `'ok'`. @example empty: 'ok' */
  empty: oneOf('ok', 'error'),
  /**
   * Fewer rows than this number, or than this share of the usual, refuse the file; with `otherwise: 'warn'` they warn.
   * @example expect: { rows: { atLeast: '50%' } }
   */
  expect: object({ rows: expectedRows }),
  /** `'each'` (default), or `'all'`: one refused file stops the run. @example files: 'all' */
  files: oneOf('each', 'all'),
  /** When to warn and stop. @example thresholds: { intake: { stop: '5%' } } */
  thresholds,
  /**
   * When it runs and must have ended; today: the `deadline` of displays and plans.
   * @example schedule: { at: '02:30', zone: 'America/Chicago', deadline: '05:00' }
   */
  schedule,
  /** What `success.csv` holds: `'none'`, `'ids'` (default), `'full'`. @example success: 'none' */
  success: oneOf('none', 'ids', 'full'),
});
export interface Pipeline extends Infer<typeof pipelineShape> {}

/** Keys of every account; the others are the platform's secrets. */
export const accountKeys = {
  /** `'hang'`, `'stickystreet'`, `'fabric'`. @example platform: 'hang' */
  platform: needed(text),
  /** `'sandbox'`, `'staging'`, `'production'`. @example stage: 'production' */
  stage: needed(oneOf('sandbox', 'staging', 'production')),
  /** Everything before the documented path. @example baseUrl: env('HANG_BASE_URL') */
  baseUrl: needed(
    that<EnvRef | string>("env('NAME') or an address", (value) => isText(value) || isRecord(value)),
  ),
  /**
   * Rate limits that all hold at once: `limit` requests `per` time; none stated: 5 a second.
   * @example windows: [{ limit: 50, per: '1s' }, { limit: 1_260_000, per: '1d' }]
   */
  windows: list(object({ limit: needed(positive), per: needed(duration) }), 1),
  /** Requests under way at once, over all processes; default 4. @example maxInFlight: 8 */
  maxInFlight: positive,
  /**
   * How long the platform remembers an idempotency key; unstated: events in doubt are not resent.
   * @example keyRetention: '24h'
   */
  keyRetention: duration,
  /** `http:` beyond loopback; stage sandbox only. @example allowPlainHttp: true */
  allowPlainHttp: flag,
  /** Of the platform. @example settings: { output: 'JSON', keyIn: 'header' } */
  settings: that<Readonly<Record<string, string | number | boolean | readonly string[]>>>(
    'an object',
    isRecord,
  ),
};
/** What an account's file says. Its name is the file's name, enters keys, and never changes with credentials. */
export interface Account extends InferKeys<typeof accountKeys> {
  /** Secrets of the platform by name: `apiKey: env('HANG_API_KEY')`. */
  readonly [secret: string]: unknown;
}
