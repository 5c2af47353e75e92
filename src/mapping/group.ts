/** Rows of one group: their key, cells that stand only on the group's first row, and how their values become one. */
import type { Pipeline, Take } from '../pipeline/types.ts';
import { keyColumnName, keyColumns } from './columns.ts';
import type { Leaf, Rows } from './fields.ts';
import { compileKey, type Key } from './keys.ts';
import {
  at,
  type Context,
  type FaultSql,
  type newContext,
  type RowSource,
  rawCell,
  type Tables,
} from './query.ts';
import { column, literal } from './sql.ts';
import { trimmed } from './text.ts';

/** The key of the row's group; a pipeline without groups has none. */
export function compileGroup(context: Context): Key | undefined {
  const { group } = context.pipeline;
  return group === undefined ? undefined : compileKey(context, keyColumns(group.by), 'group key');
}

/** What a window partitions by: a row without a key is a group of its own. */
export function groupKey(context: Context): string {
  const key = compileGroup(context);
  return key === undefined ? 'record' : `${key.value}, case when ${key.value} is null then record end`;
}

/** A context in which cells named by `group.fill` come from the group's first row that has one. */
export function rowContext(
  make: typeof newContext,
  pipeline: Pipeline,
  source: RowSource,
  tables: Tables,
): Context {
  const filled = new Set(pipeline.group?.fill ?? []);
  return make(pipeline, source, tables, (context, name) => {
    const cell = rawCell(context, name);
    if (!filled.has(name)) return cell;
    const stands = `nullif(${trimmed(cell)}, '')`;
    return context.levels.add(
      at.filled,
      column('f', context.next(), name),
      `coalesce(${stands}, (array_agg(${cell}) filter (where ${stands} is not null) over (partition by ${groupKey(context)} order by record))[1])`,
    );
  });
}

export interface Base {
  /**
   * Columns: file, place, record, gkey, slot, size (rows), identity, content, bad_line (of a row at fault), row_faults, and the values of
   * the rows under their names.
   */
  readonly sql: string;
  /** Faults over the columns of `sql`. */
  readonly faults: readonly FaultSql[];
}

/** `from`: the table of rows; `file`: only rows of this file, or null for all of the run. */
export function compileBase(pipeline: Pipeline, rows: Rows, from: string, file: number | null): Base {
  const those = `${from} where not filtered${file === null ? '' : ` and file = ${file}`}`;
  return pipeline.group === undefined
    ? { sql: plain(rows, those), faults: [] }
    : grouped(pipeline, rows, those);
}

const scalars = (rows: Rows): readonly Leaf[] => [
  ...rows.leaves.values(),
  ...(rows.version ? [rows.version] : []),
];

/** A list of an operation of one row is a list of one. */
function plain(rows: Rows, those: string): string {
  const columns = new Set(
    scalars(rows).flatMap((leaf) => (leaf.cleared === null ? [leaf.value] : [leaf.value, leaf.cleared])),
  );
  const items = [...rows.items.values()].map(
    (item) => `case when ${item} is not null then jsonb_build_array(${item}) end as ${item}`,
  );
  return `select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
  case when faults is not null then line end as bad_line${[...columns, ...items].map((column) => `, ${column}`).join('')}
from ${those}`;
}

/** Each value by its `take`, lists in record order, content as the multiset of the lines. */
function grouped(pipeline: Pipeline, rows: Rows, those: string): Base {
  const faults: FaultSql[] = [];
  const done = new Set<string>();
  const columns: string[] = [];
  for (const leaf of scalars(rows)) {
    const take = takeOf(pipeline, leaf);
    if (done.has(leaf.value)) continue;
    done.add(leaf.value);
    columns.push(`${taken(leaf, take)} as ${leaf.value}`);
    if (leaf.cleared !== null) columns.push(`bool_or(${leaf.cleared}) as ${leaf.cleared}`);
    const differs = disagrees(leaf, take);
    if (differs === null) continue;
    columns.push(`${differs} as dis_${leaf.value}`);
    faults.push({
      when: `dis_${leaf.value}`,
      code: literal('NORMALIZE_GROUP_DISAGREES'),
      field: leaf.path,
      columns: leaf.columns,
      value: 'null::text',
      reason: `the rows of the group give different values; state take for ${leaf.columns.join(', ') || leaf.path}`,
    });
  }
  for (const item of rows.items.values()) {
    columns.push(`jsonb_agg(${item} order by place, record) filter (where ${item} is not null) as ${item}`);
  }
  const identity = pipeline.identity === undefined ? 'null::text' : 'min(identity)';
  if (pipeline.identity !== undefined) {
    columns.push('min(identity) is distinct from max(identity) as dis_identity');
    faults.push({
      when: 'dis_identity',
      code: literal('NORMALIZE_GROUP_DISAGREES'),
      field: '',
      columns: identityColumns(pipeline),
      value: 'null::text',
      reason: 'the rows of the group have different identities',
    });
  }
  const sql = `select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
  min(gkey) as gkey, slot, count(*) as size, ${identity} as identity,
  pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
  min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
  ${columns.join(',\n  ')}
from ${those}
group by slot`;
  return { sql, faults };
}

function identityColumns(pipeline: Pipeline): readonly string[] {
  const { identity } = pipeline;
  if (identity === undefined || 'file' in identity) return [];
  return identity.columns.map(keyColumnName);
}

function takeOf(pipeline: Pipeline, leaf: Leaf): Take | 'sum' | 'constant' {
  if (leaf.origin === 'sum') return 'sum';
  if (leaf.origin === 'constant') return 'constant';
  const stated = leaf.columns
    .map((column) => pipeline.group?.take?.[column])
    .find((take) => take !== undefined);
  // a group is about the earliest of its business dates
  if (stated === undefined && leaf.path === 'version' && pipeline.version === undefined) return 'min';
  return stated ?? 'same';
}

/** Empty values say nothing: the others decide. */
function taken(leaf: Leaf, take: Take | 'sum' | 'constant'): string {
  const { value } = leaf;
  if (take === 'sum') return `sum(${value})`;
  const ordered = (direction: '' | ' desc'): string =>
    `(array_agg(${value} order by place${direction}, record${direction}) filter (where ${value} is not null))[1]`;
  if (take === 'first') return ordered('');
  if (take === 'last') return ordered(' desc');
  if (leaf.as === 'json') return ordered('');
  if (leaf.as === 'boolean') return take === 'min' ? `bool_and(${value})` : `bool_or(${value})`;
  return `${take === 'min' ? 'min' : 'max'}(${comparable(leaf)})`;
}

function disagrees(leaf: Leaf, take: Take | 'sum' | 'constant'): string | null {
  if (take !== 'same') return null;
  const { value, cleared } = leaf;
  const values =
    leaf.as === 'json'
      ? `count(distinct ${value}) > 1`
      : leaf.as === 'boolean'
        ? `bool_and(${value}) <> bool_or(${value})`
        : `min(${comparable(leaf)}) <> max(${comparable(leaf)})`;
  return cleared === null
    ? `coalesce(${values}, false)`
    : `(coalesce(${values}, false) or (bool_or(${cleared}) and count(${value}) > 0))`;
}

/** Texts are compared byte by byte: the same order everywhere, and faster. */
const comparable = (leaf: Leaf): string =>
  ['text', 'phone', 'email'].includes(leaf.as) ? `${leaf.value} collate "C"` : leaf.value;
