/** Which columns tell rows apart, and which hold rows together. */
import { trimmed } from './cells.ts';
import type { Column } from './profile.ts';
import { likeness, wordsOf } from './words.ts';

export interface Keys {
  /** Single columns that are different on every row, most key-like first. */
  readonly unique: readonly Column[];
  /** Pairs that are, where no single column is. */
  readonly pairs: readonly (readonly [Column, Column])[];
  readonly group: Grouping | null;
}

export interface Grouping {
  readonly by: Column;
  readonly groups: number;
  /** Columns that stand on a group's first row alone. */
  readonly fill: readonly Column[];
  /** Columns of which the rows of one group hold different values. */
  readonly varying: ReadonlySet<Column>;
}

type Records = readonly (readonly string[])[];

const keyTypes = new Set(['text', 'id', 'integer', 'enum', 'timestamp', 'date', 'email']);

export function keysOf(columns: readonly Column[], records: Records): Keys {
  const full = columns.filter(
    (column) => column.empty === 0 && keyTypes.has(column.type) && !isCounter(column),
  );
  const unique = full
    .filter((column) => column.distinct === records.length && !['date', 'timestamp'].includes(column.type))
    .sort((a, b) => keyLike(b) - keyLike(a) || a.place - b.place);
  const group = groupOf(full, columns, records);
  const pairs = unique.some((column) => keyLike(column) > 0) ? [] : pairsOf(full, records);
  return { unique, pairs, group };
}

/** `1, 2, 3` of rows or lines: says where a row stands, not what it is. */
const isCounter = (column: Column): boolean =>
  /^(row|line|no|nr|seq|index|#)$/.test(wordsOf(column.name).join(' '));

/** Ids of events before ids of anything, and those before what merely happens to differ. */
function keyLike({ name, type }: Column): number {
  if (['decimal', 'date', 'timestamp', 'enum'].includes(type)) return 0;
  const event = likeness(name, 'event');
  if (event > 0) return 1 + event;
  return wordsOf(name).some((word) =>
    ['id', 'no', 'nr', 'number', 'code', 'key', 'ref', 'reference', 'uuid', 'guid'].includes(word),
  )
    ? 1
    : 0;
}

function groupOf(full: readonly Column[], columns: readonly Column[], records: Records): Grouping | null {
  const candidates = full
    .filter((column) => !['enum', 'date', 'timestamp'].includes(column.type))
    .filter((column) => column.distinct < records.length && runsOf(column, records) <= column.distinct * 1.02)
    .sort((a, b) => keyLike(b) - keyLike(a));
  for (const by of candidates) {
    const group = groupingOf(by, columns, records);
    // by its name, or since other columns stand on the first row of each of its values alone
    if (likeness(by.name, 'event') > 0 || group.fill.length > 1) return group;
  }
  return null;
}

function groupingOf(by: Column, columns: readonly Column[], records: Records): Grouping {
  const groups = gathered(by, records);
  const many = [...groups.values()].filter((rows) => rows.length > 1);
  const rest = columns.filter((column) => column !== by);
  return {
    by,
    groups: groups.size,
    fill: rest.filter((column) => column.type !== 'empty' && standsOnFirst(column, many)),
    varying: new Set(rest.filter((column) => many.some((rows) => differ(column, rows)))),
  };
}

function runsOf({ place }: Column, records: Records): number {
  let runs = 0;
  for (const [row, record] of records.entries())
    if (row === 0 || record[place] !== records[row - 1]?.[place]) runs++;
  return runs;
}

function gathered({ place }: Column, records: Records): Map<string, (readonly string[])[]> {
  const groups = new Map<string, (readonly string[])[]>();
  for (const record of records) {
    const key = trimmed(record[place] ?? '');
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [record]);
    else rows.push(record);
  }
  return groups;
}

const cellOf = (column: Column, record: readonly string[] | undefined): string =>
  trimmed(record?.[column.place] ?? '');

function standsOnFirst(column: Column, groups: readonly Records[]): boolean {
  const first = groups.filter(([record]) => cellOf(column, record) !== '').length;
  const others = groups.filter((rows) =>
    rows.slice(1).some((record) => cellOf(column, record) !== ''),
  ).length;
  return groups.length > 0 && first >= groups.length * 0.5 && others <= groups.length * 0.02;
}

const differ = (column: Column, rows: Records): boolean =>
  new Set(rows.map((record) => cellOf(column, record)).filter((cell) => cell !== '')).size > 1;

const mostPaired = 8;

function pairsOf(full: readonly Column[], records: Records): (readonly [Column, Column])[] {
  const likely = full
    .filter((column) => column.type !== 'enum')
    .sort((a, b) => keyLike(b) - keyLike(a) || b.distinct - a.distinct)
    .slice(0, mostPaired);
  return likely
    .flatMap((a, at) => likely.slice(at + 1).map((b) => [a, b] as const))
    .filter(([a, b]) => keyLike(a) + keyLike(b) > 0 && isUnique(a, b, records));
}

function isUnique(a: Column, b: Column, records: Records): boolean {
  const seen = new Set<string>();
  for (const record of records) {
    const key = `${cellOf(a, record)}\0${cellOf(b, record)}`;
    if (seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}
