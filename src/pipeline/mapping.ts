/**
 * How one field of an operation is read from a file. Everything is plain data; a mapping compiles to SQL.
 *
 * A cell passes, in this order: surrounding blanks off, `nulls` and `clear` looked up, `clean`, `case`, `map`, then the type.
 */

/** How a number is written. Nothing stated: digits with an optional sign and decimal point, and nothing else. */
export interface NumberForm {
  /** The decimal sign (default `'.'`). */
  readonly decimal?: '.' | ',';
  /** The sign between groups of three digits; may be left out in a cell: `','`, `'.'`, `' '`, `"'"`. */
  readonly thousands?: ',' | '.' | ' ' | "'";
  /** A currency sign or code that may stand before or after: `'$'`, `'EUR'`; `true`: any currency sign. */
  readonly currencySign?: string | true;
  /** `(12.50)` means -12.50. */
  readonly parentheses?: boolean;
  /** A percent sign may follow: `'number'` reads 5 % as 5, `'fraction'` as 0.05. */
  readonly percent?: 'number' | 'fraction';
  /** Implied decimals of fixed-width files: with 2, `2000` is 20.00. */
  readonly implied?: number;
}

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
export type CleanRule =
  | 'trailing .0'
  | 'leading apostrophe'
  | 'leading zeros'
  | 'inner spaces'
  | 'single spaces'
  | 'digits'
  | { readonly replace: string; readonly with: string };

/** How the text of a cell is cleaned before anything looks at it. */
export interface TextRules {
  /** Take blanks off both ends (default true). */
  readonly trim?: boolean;
  /** Cells of this column that mean empty, instead of those of `format.nulls`: `['', 'None']`. */
  readonly nulls?: readonly string[];
  readonly clean?: CleanRule | readonly CleanRule[];
  readonly case?: 'lower' | 'upper';
}

/** A column used as (part of) a key: its name, or its name with cleaning rules. */
export type KeyColumn = string | ({ readonly from: string } & TextRules);

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

/** `{ from: 'Time Zone', map: { 'Pacific Time (US & Canada)': 'America/Los_Angeles' } }` */
export interface ZoneColumn {
  readonly from: string;
  readonly map: Readonly<Record<string, string>>;
}

/** How a value is read, whatever it is read from. */
export interface Reading extends TextRules, NumberForm {
  /** The type; default the one that the operation kind declares. */
  readonly as?: As;
  /** Cells that clear the field on the platform: `['(none)']`. Only where the kind allows it. */
  readonly clear?: readonly string[];
  /** Source value -> value: `{ purchase: 'activity_type_1' }`; the key `''` stands for an empty cell. */
  readonly map?: Readonly<Record<string, string>>;
  /** Values that `map` does not know (default `'reject'`): kept as they are, left out, or this value. */
  readonly otherwise?: 'reject' | 'keep' | 'empty' | { readonly constant: string };
  /** Text length allowed here, beside what the platform allows. */
  readonly length?: { readonly min?: number; readonly max?: number };
  /**
   * Of dates and timestamps, tried in order: `'dd-MM-yyyy HH:mm'`, `'d-MMM-yy'`, `'epoch s'`, `'epoch ms'`, `'iso'`.
   * Letters: yyyy yy MMMM MMM MM M dd d HH H hh h a mm ss SSS XXX; text in `'quotes'`. Default `'iso'`.
   */
  readonly format?: string | readonly string[];
  /** For `yy`: the first two-digit year that belongs to the last century: 50 reads 49 as 2049 and 50 as 1950. */
  readonly pivot?: number;
  /**
   * The zone of local times: `'America/Chicago'`, `'UTC'`; or of each row its own, by the words of a column. Needed for
   * timestamps without an offset in the text. A word that the map does not know rejects the row.
   */
  readonly zone?: string | ZoneColumn;
  /** A local time that does not exist or exists twice (default `'reject'`). */
  readonly ambiguous?: 'reject' | 'earlier' | 'later';
  /** Words for true and false (default true/false, yes/no, y/n, 1/0, t/f), compared without case. */
  readonly yes?: readonly string[];
  readonly no?: readonly string[];
  /** Default region of phone numbers without a country code: `'US'`, or a column of region codes. */
  readonly region?: string | { readonly from: string };
  /** Look the key up in the crosswalk of the account; `{ crosswalk: 'phone' }` names the key type (default `id`). */
  readonly via?: 'crosswalk' | { readonly crosswalk: string };
  /** A member that the crosswalk does not know (default `'park'`). */
  readonly unknown?: 'park' | 'reject' | 'filter';
  /** Sent as the cell has it, where the platform's kind would translate it (fabric: codes of region and country). */
  readonly asIs?: boolean;
  /** The column may be missing from a file; the field is then absent. Without it such a file is refused. */
  readonly optional?: boolean;
}

/** The cell of one column. */
export interface FromColumn extends Reading {
  readonly from: string;
}
/** The first of several cells that is not empty. */
export interface FirstOf extends Reading {
  readonly firstOf: readonly string[];
}
/** Several cells joined, empty ones left out. */
export interface Joined extends Reading {
  readonly join: readonly string[];
  /** Between them (default one blank). */
  readonly with?: string;
}
/** The same value for every operation. */
export interface Constant {
  readonly constant: string;
  readonly as?: As;
}
/** A number computed from decimal columns with + - * and brackets: `'Quantity * "Unit Price"'`. */
export interface Computed extends NumberForm {
  readonly compute: string;
  readonly as?: 'decimal' | 'integer';
  readonly optional?: boolean;
}
/** The sum over the rows of a group (of the row itself without groups). */
export interface Sum extends NumberForm {
  readonly sum: string | { readonly compute: string };
  readonly as?: 'decimal' | 'integer';
  /** What an empty cell counts as (default `'reject'`). */
  readonly empty?: 'reject' | 'zero';
}
/**
 * The escape hatch: an SQL expression over columns in double quotes, giving text: `upper("sku") || '-' || "size"`.
 * Runs with the rights of the database role; an error in it rejects the row with NORMALIZE_SQL.
 */
export interface RawSql extends Reading {
  readonly sql: string;
}

export type Scalar = FromColumn | FirstOf | Joined | Constant | Computed | Sum | RawSql;
/** Fields of one item of a list, or names of a dictionary. */
export type Items = Readonly<Record<string, Scalar>>;
/**
 * A field: a scalar; for lists `{ item_id: {…}, … }` (one item per row of the group) or `[{…}, {…}]` (repeated columns)
 * or `{ from, as: 'json' }`; for dictionaries `{ name: {…}, … }` or `{ from, as: 'json' }`.
 */
export type FieldMapping = Scalar | Items | readonly Items[];

/** What kind of scalar it is: the one key that says where the value comes from. */
export const origins = ['from', 'firstOf', 'join', 'constant', 'compute', 'sum', 'sql'] as const;
export type Origin = (typeof origins)[number];

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
