/** The grammar as checks: what types.ts, mapping.ts, format.ts and source.ts say to an editor, said to `check`. */

import {
  anyText,
  type Check,
  choose,
  count,
  dictionary,
  exactly,
  flag,
  has,
  isList,
  isRecord,
  isText,
  type Key,
  list,
  object,
  oneOf,
  positive,
  text,
  that,
} from '../ground/shape.ts';
import { cleanRuleNames } from '../mapping/text.ts';
import { originOf } from '../pipeline/mapping.ts';
import { duration, format, needed, sources, texts } from './shapes-files.ts';

const threshold = that("a number of rows, or a share such as '1%'", (value) =>
  typeof value === 'number'
    ? Number.isInteger(value) && value >= 0
    : isText(value) && /^\d+(\.\d+)?\s*%$/.test(value),
);
export const zone = that('a time zone such as Europe/Berlin', (value) => isText(value) && isZone(value));
const clock = that(
  "a time such as '02:30'",
  (value) => isText(value) && /^([01]\d|2[0-3]):[0-5]\d$/.test(value),
);
const textOrTexts = choose(
  'a text or a list of texts',
  { when: isText, use: text },
  { when: isList, use: list(text, 1) },
);

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const numberForm = {
  decimal: oneOf('.', ','),
  thousands: oneOf(',', '.', ' ', "'"),
  currencySign: choose(
    'a text or true',
    { when: isText, use: text },
    { when: () => true, use: exactly(true) },
  ),
  parentheses: flag,
  percent: oneOf('number', 'fraction'),
  implied: that('a number of decimal places, at most 30', (value) => isCount(value) && value <= 30),
};
const cleanRule = choose(
  'a cleaning rule',
  { when: isText, use: oneOf(...cleanRuleNames) },
  { when: isRecord, use: object({ replace: needed(text), with: needed(anyText) }) },
);
const textRules = {
  trim: flag,
  nulls: texts,
  clean: choose(
    'a cleaning rule',
    { when: isList, use: list(cleanRule) },
    { when: () => true, use: cleanRule },
  ),
  case: oneOf('lower', 'upper'),
};
/** Stands in an index beside a key of up to 512 bytes. */
const shortText = that('a text of at most 100 characters', (value) => isText(value) && value.length <= 100);
/**
 * What makes an event the same is `source:key`, by a recipe that is frozen. Sources `act` and `act:q` would meet: key `q:1`
 * of the one is key `1` of the other, and one of the two events would never be sent.
 */
const identitySource: Check = (value, path, report) => {
  shortText(value, path, report);
  if (isText(value) && value.includes(':'))
    report(
      path,
      `must not hold ':', or the events of two sources could be taken for one: write ${JSON.stringify(value.replaceAll(':', '-'))}, for instance; another name has no history, so take care that no file comes again whose events were sent under the old one`,
    );
};
const keyColumn = choose(
  'a column',
  { when: isText, use: text },
  { when: isRecord, use: object({ from: needed(text), ...textRules }) },
);
const as = oneOf('text', 'integer', 'decimal', 'boolean', 'date', 'timestamp', 'phone', 'email', 'json');
const reading = {
  ...textRules,
  ...numberForm,
  as,
  clear: list(text, 1),
  map: dictionary(anyText),
  otherwise: choose(
    'reject, keep, empty or { constant }',
    { when: isText, use: oneOf('reject', 'keep', 'empty') },
    { when: isRecord, use: object({ constant: needed(anyText) }) },
  ),
  length: object({ min: count, max: count }),
  format: textOrTexts,
  pivot: that(
    'a two-digit year',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100,
  ),
  zone: choose(
    'a time zone, or { from, map }',
    { when: isText, use: zone },
    { when: isRecord, use: object({ from: needed(text), map: needed(dictionary(zone)) }) },
  ),
  ambiguous: oneOf('reject', 'earlier', 'later'),
  yes: list(text, 1),
  no: list(text, 1),
  region: choose(
    "a region such as 'US', or { from }",
    {
      when: isText,
      use: that("a region such as 'US'", (value) => isText(value) && /^[A-Z]{2}$/.test(value)),
    },
    { when: isRecord, use: object({ from: needed(text) }) },
  ),
  via: choose(
    "'crosswalk' or { crosswalk: key type }",
    { when: isText, use: oneOf('crosswalk') },
    { when: isRecord, use: object({ crosswalk: needed(shortText) }) },
  ),
  unknown: oneOf('park', 'reject', 'filter'),
  optional: flag,
  asIs: flag,
};
const number = { ...numberForm, as: oneOf('decimal', 'integer') };

/** A scalar, by what it is read from. */
const scalars: Readonly<Record<NonNullable<ReturnType<typeof originOf>>, Check>> = {
  from: object({ from: needed(text), ...reading }),
  firstOf: object({ firstOf: needed(list(text, 1)), ...reading }),
  join: object({ join: needed(list(text, 1)), with: anyText, ...reading }),
  constant: object({ constant: needed(anyText), as }),
  compute: object({ compute: needed(text), optional: flag, ...number }),
  sum: object({
    sum: needed(
      choose(
        'a column or { compute }',
        { when: isText, use: text },
        { when: isRecord, use: object({ compute: needed(text) }) },
      ),
    ),
    empty: oneOf('reject', 'zero'),
    ...number,
  }),
  sql: object({ sql: needed(text), ...reading }),
};

const scalar: Check = (value, path, report) => {
  const origin = isRecord(value) ? originOf(value as never) : undefined;
  if (origin === undefined)
    report(path, 'says not where its value comes from (from, firstOf, join, constant, compute, sum or sql)');
  else scalars[origin](value, path, report);
};

const items = dictionary(scalar);
const field = choose(
  'a mapping',
  { when: isList, use: list(items, 1) },
  {
    when: (value) =>
      isRecord(value) &&
      (originOf(value as never) !== undefined || Object.values(value).every((one) => !isRecord(one))),
    use: scalar,
  },
  { when: isRecord, use: items },
);

const condition: Check = choose(
  'a condition',
  { when: isText, use: anyText },
  { when: isList, use: texts },
  {
    when: isRecord,
    use: (value, path, report) =>
      object({ equals: anyText, in: texts, not: condition, empty: flag, matches: text })(value, path, report),
  },
);
const where: Check = (value, path, report) => {
  const isBranch = (item: unknown): boolean => isList(item) && item.some(isRecord);
  const branch = choose(
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

const businessDate = choose(
  '{ fileName }, { column } or { run: true }',
  {
    when: has('fileName'),
    use: object({
      fileName: needed(
        that(
          "a text with a date in it, such as 'sales_{yyyyMMdd}'",
          (value) => isText(value) && /\{[^{}]+\}/.test(value),
        ),
      ),
      zone,
    }),
  },
  { when: has('column'), use: object({ column: needed(text), format: textOrTexts, pivot: count, zone }) },
  { when: isRecord, use: object({ run: needed(exactly(true)), zone }) },
);

const amountKeys = {
  ...numberForm,
  per: oneOf('row', 'group'),
  currency: needed(
    choose(
      'a currency or { from }',
      {
        when: isText,
        use: that("a currency such as 'USD'", (value) => isText(value) && /^[A-Z]{3,10}$/.test(value)),
      },
      { when: isRecord, use: object({ from: needed(text) }) },
    ),
  ),
};

export const pipelineShape = object({
  account: needed(text),
  operation: needed(text),
  owner: text,
  description: text,
  source: needed(sources),
  format,
  businessDate,
  identity: choose(
    '{ source, columns } or { source, file: true }',
    { when: has('file'), use: object({ source: needed(identitySource), file: needed(exactly(true)) }) },
    { when: isRecord, use: object({ source: needed(identitySource), columns: needed(list(keyColumn, 1)) }) },
  ),
  version: scalars.from,
  group: object({
    by: needed(
      choose(
        'a column or several',
        { when: isList, use: list(keyColumn, 1) },
        { when: () => true, use: keyColumn },
      ),
    ),
    take: dictionary(oneOf('min', 'max', 'first', 'last', 'same')),
    fill: list(text, 1),
    across: oneOf('files'),
  }),
  numbers: dictionary(object(numberForm)),
  columns: needed(dictionary(field)),
  amount: choose(
    'an amount',
    { when: has('compute'), use: object({ compute: needed(text), ...amountKeys }) },
    { when: isRecord, use: object({ from: needed(text), ...amountKeys }) },
  ),
  where,
  complete: flag,
  parkFor: duration,
  empty: oneOf('ok', 'error'),
  expect: object({ rows: object({ atLeast: needed(threshold), otherwise: oneOf('refuse', 'warn') }) }),
  files: oneOf('each', 'all'),
  thresholds: object({
    intake: object({ warn: threshold, stop: threshold }),
    push: object({ warn: threshold, stop: threshold, after: count }),
    tolerate: threshold,
  }),
  schedule: object({ at: needed(clock), zone: needed(zone), deadline: clock }),
  success: oneOf('none', 'ids', 'full'),
});

/** Keys of every account; the others are the platform's secrets. */
export const accountKeys: Readonly<Record<string, Key>> = {
  platform: needed(text),
  stage: needed(oneOf('sandbox', 'staging', 'production')),
  baseUrl: needed(that("env('NAME') or an address", (value) => isText(value) || isRecord(value))),
  windows: { check: list(object({ limit: needed(positive), per: needed(duration) }), 1) },
  maxInFlight: { check: positive },
  keyRetention: { check: duration },
  allowPlainHttp: { check: flag },
  settings: { check: that('an object', isRecord) },
};
