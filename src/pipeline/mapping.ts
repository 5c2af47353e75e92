/**
 * How one field of an operation is read from a file. Everything is plain data; a mapping compiles to SQL.
 *
 * A cell passes, in this order: surrounding blanks off, `nulls` and `clear` looked up, `clean`, `case`, `map`, then the type.
 */
import {
  anyText,
  type Check,
  choose,
  count,
  dictionary,
  exactly,
  flag,
  type Infer,
  type InferKeys,
  isList,
  isRecord,
  isText,
  list,
  needed,
  object,
  oneOf,
  text,
  texts,
  that,
} from '../ground/shape.ts';

export const zone = that<string>(
  'a time zone such as Europe/Berlin',
  (value) => isText(value) && isZone(value),
);

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

export const textOrTexts = choose<string | readonly string[]>(
  'a text or a list of texts',
  { when: isText, use: text },
  { when: isList, use: list(text, 1) },
);

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;

/** How a number is written. Nothing stated: digits with an optional sign and decimal point, and nothing else. */
export const numberForm = {
  /** `12,50`; the decimal sign, default a point. @example decimal: ',' */
  decimal: oneOf('.', ','),
  /**
   * `1.234,50`; the sign between groups of three digits: `,`, `.`, a blank or `'`. May be left out in a cell, never
   * misplaced.
   * @example thousands: '.'
   */
  thousands: oneOf(',', '.', ' ', "'"),
  /** `$12.50`, `12.50 EUR`; `true`: any sign. @example currencySign: '$' */
  currencySign: choose<string | true>(
    'a text or true',
    { when: isText, use: text },
    { when: () => true, use: exactly(true) },
  ),
  /** `(12.50)` as -12.50. @example parentheses: true */
  parentheses: flag,
  /** `5 %` as 5 (`'number'`) or 0.05 (`'fraction'`). @example percent: 'fraction' */
  percent: oneOf('number', 'fraction'),
  /** `2000` as 20.00; a written point is refused. @example implied: 2 */
  implied: that<number>('a number of decimal places, at most 30', (value) => isCount(value) && value <= 30),
};
export interface NumberForm extends InferKeys<typeof numberForm> {}

/**
 * Cleaning rules, applied in the order given:
 *  - `trailing .0`         `17850.0` becomes `17850` (a number that went through a spreadsheet)
 *  - `leading apostrophe`  `'7210448301122` loses its apostrophe
 *  - `leading zeros`       `000123` becomes `123`
 *  - `inner spaces`        all white space is taken out
 *  - `single spaces`       runs of white space become one blank
 *  - `digits`              everything but digits is taken out
 *  - `{ replace, with }`   a regular expression of PostgreSQL, every occurrence
 */
const namedRule = oneOf(
  'trailing .0',
  'leading apostrophe',
  'leading zeros',
  'inner spaces',
  'single spaces',
  'digits',
);
const replaceRule = object({ replace: needed(text), with: needed(anyText) });
export type CleanRule = Infer<typeof namedRule> | Infer<typeof replaceRule>;
const cleanRule = choose<CleanRule>(
  'a cleaning rule',
  { when: isText, use: namedRule },
  { when: isRecord, use: replaceRule },
);

/** How the text of a cell is cleaned before anything looks at it. */
const textRules = {
  /** Blanks off both ends; default `true`. @example { from: 'x', trim: false } */
  trim: flag,
  /** This column's own null tokens, instead of the format's. @example { from: 'surname', nulls: [''] } */
  nulls: texts,
  /**
   * `'trailing .0'`, `'leading apostrophe'`, `'leading zeros'`, `'inner spaces'`, `'single spaces'`, `'digits'`, `{
   * replace, with }`; one or several, in this order.
   * @example { from: 'no', clean: ['inner spaces', { replace: '-', with: '' }] }
   */
  clean: choose<CleanRule | readonly CleanRule[]>(
    'a cleaning rule',
    { when: isList, use: list(cleanRule) },
    { when: () => true, use: cleanRule },
  ),
  /** `'lower'` or `'upper'`. @example { from: 'email', case: 'lower' } */
  case: oneOf('lower', 'upper'),
};
export interface TextRules extends InferKeys<typeof textRules> {}

/** A column used as (part of) a key: its name, or its name with cleaning rules. */
export type KeyColumn = string | ({ readonly from: string } & TextRules);
export const keyColumn = choose<KeyColumn>(
  'a column',
  { when: isText, use: text },
  { when: isRecord, use: object({ from: needed(text), ...textRules }) },
);

/** What a cell can be read as. Each is a file in src/mapping/types/. */
export const columnTypes = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'phone',
  'email',
  'json',
] as const;
export type As = (typeof columnTypes)[number];
const as = oneOf(...columnTypes);

/** `{ from: 'Time Zone', map: { 'Pacific Time (US & Canada)': 'America/Los_Angeles' } }` */
const zoneColumn = object({ from: needed(text), map: needed(dictionary(zone)) });
export type ZoneColumn = Infer<typeof zoneColumn>;

/** Stands in an index beside a key of up to 512 bytes. */
export const shortText = that<string>(
  'a text of at most 100 characters',
  (value) => isText(value) && value.length <= 100,
);

const region = that<string>("a region such as 'US'", (value) => isText(value) && /^[A-Z]{2}$/.test(value));

/** How a value is read, whatever it is read from. */
const reading = {
  /** The type; default the one that the kind declares. @example { from: 'x', as: 'json' } */
  as,
  ...textRules,
  ...numberForm,
  /**
   * Words that clear the field on the platform, where the kind allows it.
   * @example { from: 'line2', clear: ['(none)'] }
   */
  clear: list(text, 1),
  /**
   * Source value to value; `''` stands for an empty cell.
   * @example { from: 'type', map: { sale: 'purchase', '': 'purchase' } }
   */
  map: dictionary(anyText),
  /**
   * What `map` does not know: `'reject'` (default), `'keep'`, `'empty'`, `{ constant }`.
   * @example { from: 't', map: { a: 'A' }, otherwise: { constant: 'Z' } }
   */
  otherwise: choose<'reject' | 'keep' | 'empty' | { readonly constant: string }>(
    'reject, keep, empty or { constant }',
    { when: isText, use: oneOf('reject', 'keep', 'empty') },
    { when: isRecord, use: object({ constant: needed(anyText) }) },
  ),
  /** `min` and `max`, beside what the platform allows. @example { from: 'no', length: { min: 6, max: 6 } } */
  length: object({ min: count, max: count }),
  /**
   * Of dates and times, tried in order: letters `yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss SSS XXX`, text in
   * quotes; `'iso'` (default), `'epoch s'`, `'epoch ms'`.
   * @example { from: 'at', format: ['dd-MM-yyyy HH:mm', 'iso'] }
   */
  format: textOrTexts,
  /**
   * `yy`: the first year of the last century; 70 reads 69 as 2069.
   * @example { from: 'born', format: 'd-MMM-yy', pivot: 30 }
   */
  pivot: that<number>(
    'a two-digit year',
    (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100,
  ),
  /**
   * Of local times: needed where the text has no offset. Or per row, by the words of a column; a word that the map
   * does not know rejects the row.
   * @example zone: { from: 'Time Zone', map: { 'Pacific Time (US & Canada)': 'America/Los_Angeles' } }
   */
  zone: choose<string | ZoneColumn>(
    'a time zone, or { from, map }',
    { when: isText, use: zone },
    { when: isRecord, use: zoneColumn },
  ),
  /**
   * An hour that does not exist or exists twice: `'reject'` (default), `'earlier'`, `'later'`.
   * @example { from: 'at', zone: 'Europe/Berlin', ambiguous: 'earlier' }
   */
  ambiguous: oneOf('reject', 'earlier', 'later'),
  /** Words for true, without case; default true, yes, y, t, 1. @example { from: 'optin', yes: ['J'], no: ['N'] } */
  yes: list(text, 1),
  /** Words for false; default false, no, n, f, 0. @example { from: 'optin', yes: ['J'], no: ['N'] } */
  no: list(text, 1),
  /**
   * Of phones without a country code; or a column of region codes.
   * @example region: 'US', region: { from: 'country' }
   */
  region: choose<string | { readonly from: string }>(
    "a region such as 'US', or { from }",
    { when: isText, use: region },
    { when: isRecord, use: object({ from: needed(text) }) },
  ),
  /**
   * The crosswalk of the account; `{ crosswalk: 'email' }` names the type of key, default `id`.
   * @example member: { from: 'email', via: { crosswalk: 'email' } }
   */
  via: choose<'crosswalk' | { readonly crosswalk: string }>(
    "'crosswalk' or { crosswalk: key type }",
    { when: isText, use: oneOf('crosswalk') },
    { when: isRecord, use: object({ crosswalk: needed(shortText) }) },
  ),
  /** A member that is not in it: `'park'` (default), `'reject'`, `'filter'`. @example unknown: 'filter' */
  unknown: oneOf('park', 'reject', 'filter'),
  /**
   * The column may be missing; the field is then absent. Without it such a file is refused.
   * @example { from: 'nickname', optional: true }
   */
  optional: flag,
  /**
   * Sent as it stands where the kind would translate it (fabric: codes of region and country).
   * @example region: { from: 'state', asIs: true }
   */
  asIs: flag,
};
export interface Reading extends InferKeys<typeof reading> {}

const number = { ...numberForm, as: oneOf('decimal', 'integer') };
const formula = object({ compute: needed(text) });

/** Where a value comes from: the one key that says it, with what goes with it. */
export const scalars = {
  /** One cell. @example { from: 'member_id' } */
  from: object({ from: needed(text), ...reading }),
  /** The first of several that is not empty. @example { firstOf: ['Phone', 'Default Address Phone'] } */
  firstOf: object({ firstOf: needed(list(text, 1)), ...reading }),
  /**
   * Several cells, empty ones left out, with `with` between; default one blank.
   * @example { join: ['Date', 'Time'], with: ' ' }
   */
  join: object({ join: needed(list(text, 1)), with: anyText, ...reading }),
  /** The same for all. @example { constant: 'purchase' } */
  constant: object({ constant: needed(anyText), as }),
  /**
   * `+ - *` and brackets over columns, exact; names with blanks in double quotes.
   * @example { compute: '"Lineitem quantity" * "Lineitem price"' }
   */
  compute: object({ compute: needed(text), optional: flag, ...number }),
  /**
   * The sum over a group's rows; `empty: 'zero'` where blanks are none.
   * @example { sum: 'line_amount' }, { sum: { compute: 'Qty * Price' }, empty: 'zero' }
   */
  sum: object({
    sum: needed(
      choose<string | Infer<typeof formula>>(
        'a column or { compute }',
        { when: isText, use: text },
        { when: isRecord, use: formula },
      ),
    ),
    empty: oneOf('reject', 'zero'),
    ...number,
  }),
  /**
   * The escape hatch: an SQL expression over cells, giving text, with the rights of the database role. An error in it
   * rejects the row.
   * @example { sql: 'upper("sku") || \'-\' || "size"' }
   */
  sql: object({ sql: needed(text), ...reading }),
};
export type FromColumn = Infer<typeof scalars.from>;
export type Computed = Infer<typeof scalars.compute>;
export type Sum = Infer<typeof scalars.sum>;
export type Scalar = Infer<(typeof scalars)[keyof typeof scalars]>;

/** Fields of one item of a list, or names of a dictionary. */
export type Items = Readonly<Record<string, Scalar>>;
/**
 * A field: a scalar; for lists `{ item_id: {…}, … }` (one item per row of the group) or `[{…}, {…}]` (repeated columns)
 * or `{ from, as: 'json' }`; for dictionaries `{ name: {…}, … }` or `{ from, as: 'json' }`.
 */
export type FieldMapping = Scalar | Items | readonly Items[];

/** What kind of scalar it is: the one key that says where the value comes from. */
export type Origin = keyof typeof scalars;
const origins = Object.keys(scalars) as readonly Origin[];

/** The origin of a scalar, or undefined for item mappings. An item may well be called `from`: then its value is an object. */
export function originOf(mapping: FieldMapping): Origin | undefined {
  if (Array.isArray(mapping)) return undefined;
  const record = mapping as Readonly<Record<string, unknown>>;
  return origins.find((origin) => {
    const value = record[origin];
    if (origin === 'sum') return typeof value === 'string' || isCompute(value);
    if (origin === 'firstOf' || origin === 'join') return Array.isArray(value);
    return typeof value === 'string';
  });
}

function isCompute(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'compute' in value && typeof value.compute === 'string'
  );
}

export function isScalar(mapping: FieldMapping): mapping is Scalar {
  return originOf(mapping) !== undefined;
}

const scalar: Check<Scalar> = (value, path, report) => {
  const origin = isRecord(value) ? originOf(value as never) : undefined;
  if (origin === undefined)
    report(path, 'says not where its value comes from (from, firstOf, join, constant, compute, sum or sql)');
  else scalars[origin](value, path, report);
};

const items = dictionary(scalar);
export const field = choose<FieldMapping>(
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
