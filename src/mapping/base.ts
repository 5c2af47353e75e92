/** Rows brought together: one operation per row, or one per group with each value by its `take`. */
import type { Pipeline, Take } from '../pipeline/types.ts';
import { keyColumnName } from './columns.ts';
import type { FaultSql } from './context.ts';
import type { Leaf } from './leaf.ts';
import { literal } from './quote.ts';
import type { Rows } from './rows.ts';

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
