/**
 * Binds the columns of a file to those that a pipeline needs, by name, and finds an identifier for each that Postgres can hold.
 * The outcomes are listed in stage/parse/README.md ("The header").
 */
import { PointferryError } from '../ground/errors.ts';
import { otherDelimiter } from './parse/rules.ts';

export interface Needed {
  /** As the pipeline spells it. */
  readonly name: string;
  readonly required: boolean;
  /** Other names it may have, most wanted first. */
  readonly aliases?: readonly string[];
}

export interface HeaderPolicy {
  /** What to do about columns that the pipeline does not name. Default 'accept'. */
  readonly extra?: 'accept' | 'warn' | 'refuse';
  /** 'loose' ignores case, and white space that is doubled or at the ends. Default 'loose'. */
  readonly match?: 'loose' | 'exact';
  /** The delimiter in use, for a better hint when the header has one column only. */
  readonly delimiter?: string;
}

export interface BoundColumn {
  /** Place in the record, from 0. */
  readonly index: number;
  /** As in the file, without a byte order mark. */
  readonly header: string;
  /** The raw table's column: unique, at most 63 bytes, never beginning with a single `_`. */
  readonly column: string;
  /** The pipeline's name for it; null: an extra one. */
  readonly needed: string | null;
}

export interface Binding {
  /** 'cells': too many columns for a table row, all in one `_cells text[]` (index + 1 is the place in it). */
  readonly mode: 'columns' | 'cells';
  readonly columns: readonly BoundColumn[];
  /** From the pipeline's name to the column; an optional one that is missing is not in it. */
  readonly byNeeded: ReadonlyMap<string, BoundColumn>;
  /** For people; hold no cells once the header was accepted. */
  readonly warnings: readonly string[];
}

/** From the pipeline's names to the places of the columns. */
export const boundOf = (header: Binding): Record<string, string | number> =>
  Object.fromEntries([...header.byNeeded].map(([name, column]) => [name, placeOf(header, column)]));

/** A column's name in the raw table, or its place in `_cells` from 1. */
export const placeOf = (header: Binding, column: BoundColumn): string | number =>
  header.mode === 'cells' ? column.index + 1 : column.column;

/** A table row of more columns may exceed a page (docs/decisions/0009-logged-raw-tables.md). */
export const MOST_COLUMNS = 300;

/** Throws STAGE_HEADER, which names every problem at once and no cell that is not a known name. */
export function bindHeader(
  names: readonly string[],
  needed: readonly Needed[],
  policy: HeaderPolicy = {},
): Binding {
  const headers = names.map((name) => name.replace(/^[\ufeff\u200b\u2060]+/, ''));
  const problems: string[] = [];
  const warnings: string[] = [];
  const owners = new Map<number, string>();
  for (const want of needed) {
    const place = findColumn(headers, want, policy, problems, warnings);
    if (place === null) continue;
    const owner = owners.get(place);
    if (owner !== undefined) problems.push(`one column is taken for both "${owner}" and "${want.name}"`);
    owners.set(place, want.name);
  }
  const extra = headers.flatMap((name, i) => (owners.has(i) ? [] : [name]));
  if (extra.length > 0 && policy.extra === 'refuse' && problems.length === 0) {
    problems.push(`the pipeline does not know these columns: ${quotedList(extra)}`);
  }
  if (problems.length > 0) refuse(headers, problems, policy);
  if (extra.length > 0 && policy.extra === 'warn') warnings.push(`columns not used: ${quotedList(extra)}`);
  const columns = identifiers(headers).map((column, index) => ({
    index,
    header: headers[index] ?? '',
    column,
    needed: owners.get(index) ?? null,
  }));
  for (const { header, column } of columns) {
    if (column !== header) warnings.push(`column "${header}" is "${column}" in the raw table`);
  }
  warnings.push(...repeated(headers));
  const byNeeded = new Map(columns.flatMap((c) => (c.needed === null ? [] : [[c.needed, c] as const])));
  return { mode: columns.length > MOST_COLUMNS ? 'cells' : 'columns', columns, byNeeded, warnings };
}

function refuse(headers: readonly string[], problems: readonly string[], policy: HeaderPolicy): never {
  const only = headers.length === 1 ? (headers[0] ?? '') : '';
  const hint = only && otherDelimiter(only, policy.delimiter ?? ',');
  const one = headers.length === 1 ? ['the header has one column only', ...(hint ? [hint] : [])] : [];
  throw new PointferryError('STAGE_HEADER', [...problems, ...one].join('; '));
}

/** Returns the place of a needed column, or null, with a problem or warning, if it is missing or ambiguous. */
function findColumn(
  headers: readonly string[],
  want: Needed,
  policy: HeaderPolicy,
  problems: string[],
  warnings: string[],
): number | null {
  for (const name of [want.name, ...(want.aliases ?? [])]) {
    const exact = placesOf(headers, (header) => header === name);
    const loose =
      policy.match === 'exact' ? exact : placesOf(headers, (header) => folded(header) === folded(name));
    const places = exact.length > 0 ? exact : loose;
    const [place] = places;
    if (place === undefined) continue;
    if (places.length > 1) {
      problems.push(`column "${name}" occurs ${places.length} times in the header`);
      return null;
    }
    if (name !== want.name) warnings.push(`column "${want.name}" is taken from "${name}"`);
    else if (exact.length === 0) warnings.push(`column "${name}" is written "${headers[place]}" in the file`);
    return place;
  }
  if (!want.required) warnings.push(`column "${want.name}" is missing, and is not required`);
  else problems.push(`required column "${want.name}" is missing${nearest(headers, want.name)}`);
  return null;
}

const placesOf = (headers: readonly string[], fits: (header: string) => boolean) =>
  headers.flatMap((header, i) => (fits(header) ? [i] : []));

const folded = (name: string) => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

/** A header that differs only in case and signs between words. Anything less alike might be a cell with personal data. */
function nearest(headers: readonly string[], name: string): string {
  const letters = (text: string) => folded(text).replace(/[^\p{L}\p{N}]/gu, '');
  const close = headers.find((header) => letters(header) === letters(name) && letters(name) !== '');
  return close === undefined ? '' : ` (did you mean "${close}"?)`;
}

const quotedList = (names: readonly string[]) =>
  names
    .slice(0, 10)
    .map((name) => `"${name}"`)
    .join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');

function repeated(headers: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const header of headers) times.set(header, (times.get(header) ?? 0) + 1);
  return [...times].flatMap(([header, count]) =>
    count > 1 && header !== '' ? [`column "${header}" occurs ${count} times in the header`] : [],
  );
}

/** Postgres has these in every table, and refuses them as names. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);
const MOST_BYTES = 63;

/** One identifier per header, in order: the header itself if Postgres can hold it. */
export function identifiers(headers: readonly string[]): string[] {
  // headers that can stay come first, so that no substitute takes a name that another column really has
  const taken = new Set<string>();
  const kept = headers.map((header) => {
    if (standIn(header, 0) !== header || taken.has(header)) return null;
    taken.add(header);
    return header;
  });
  return kept.map((name, i) => {
    if (name !== null) return name;
    const wanted = standIn(headers[i] ?? '', i);
    let given = cut(wanted, MOST_BYTES);
    for (let n = 2; taken.has(given); n++) given = `${cut(wanted, MOST_BYTES - `~${n}`.length)}~${n}`;
    taken.add(given);
    return given;
  });
}

function standIn(header: string, index: number): string {
  if (header === '') return `column_${index + 1}`;
  if (header.startsWith('_')) return `_${header}`;
  const plain = header.replaceAll('\0', '').toWellFormed();
  if (systemColumns.has(plain)) return `${plain}~`;
  return Buffer.byteLength(plain) > MOST_BYTES ? cut(plain, MOST_BYTES) : plain;
}

/** The longest beginning with at most that many bytes and no half character. */
function cut(text: string, bytes: number): string {
  let size = 0;
  let kept = '';
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    kept += character;
  }
  return kept;
}
