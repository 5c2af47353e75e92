/** Rows of one group: their key, cells that stand only on the group's first row, and how their values become one. */

import { column, join, literal, type Sql, sql } from '../ground/sql-text.ts';
import type { Pipeline, Take } from '../pipeline/types.ts';
import { keyColumnName, keyColumns } from './columns.ts';
import type { Leaf, Rows } from './fields.ts';
import { compileKey, type Key } from './keys.ts';
import {
  at,
  type Context,
  type FaultSql,
  newContext,
  type RowSource,
  rawCell,
  type Tables,
} from './query.ts';
import { trimmed } from './text.ts';

/** The key of the row's group; a pipeline without groups has none. */
export function compileGroup(context: Context): Key | undefined {
  const { group } = context.pipeline;
  return group === undefined ? undefined : compileKey(context, keyColumns(group.by), 'group key');
}

/** What a window partitions by: a row without a key is a group of its own. */
export function groupKey(context: Context): Sql {
  const key = compileGroup(context);
  return key === undefined ? sql`record` : sql`${key.value}, case when ${key.value} is null then record end`;
}

/** A context in which cells named by `group.fill` come from the group's first row that has one. */
export function rowContext(pipeline: Pipeline, source: RowSource, tables: Tables): Context {
  const filled = new Set(pipeline.group?.fill ?? []);
  return newContext(pipeline, source, tables, (context, name) => {
    const cell = rawCell(context, name);
    if (!filled.has(name)) return cell;
    const stands = sql`nullif(${trimmed(cell)}, '')`;
    return context.levels.add(
      at.filled,
      column('f', context.next(), name),
      sql`coalesce(${stands}, (array_agg(${cell}) filter (where ${stands} is not null) over (partition by ${groupKey(context)} order by record))[1])`,
    );
  });
}

export interface Base {
  /**
   * Columns: file, place, record, gkey, slot, size (rows), identity, content, bad_line (of a row at fault), row_faults, and the values of
   * the rows under their names.
   */
  readonly sql: Sql;
  /** Faults over the columns of `sql`. */
  readonly faults: readonly FaultSql[];
}

/** `from`: the table of rows; `file`: only rows of this file, or null for all of the run. */
export function compileBase(pipeline: Pipeline, rows: Rows, from: Sql, file: number | null): Base {
  const those = sql`${from} where not filtered${file === null ? sql`` : sql` and file = ${file}`}`;
  return pipeline.group === undefined
    ? { sql: plain(rows, those), faults: [] }
    : grouped(pipeline, rows, those);
}

const scalars = (rows: Rows): readonly Leaf[] => [
  ...rows.leaves.values(),
  ...(rows.version ? [rows.version] : []),
];

/** A list of an operation of one row is a list of one. */
function plain(rows: Rows, those: Sql): Sql {
  const columns = new Set(
    scalars(rows).flatMap((leaf) => (leaf.cleared === null ? [leaf.value] : [leaf.value, leaf.cleared])),
  );
  const items = [...rows.items.values()].map(
    (item) => sql`case when ${item} is not null then jsonb_build_array(${item}) end as ${item}`,
  );
  return sql`select file, place, record, gkey, slot, 1::bigint as size, identity, content, faults as row_faults,
  case when faults is not null then line end as bad_line${join(
    [...columns, ...items].map((column) => sql`, ${column}`),
    '',
  )}
from ${those}`;
}

/** Each value by its `take`, lists in record order, content as the multiset of the lines. */
function grouped(pipeline: Pipeline, rows: Rows, those: Sql): Base {
  const faults: FaultSql[] = [];
  const done = new Set<string>();
  const columns: Sql[] = [];
  for (const leaf of scalars(rows)) {
    const take = takeOf(pipeline, leaf);
    if (done.has(leaf.value)) continue;
    done.add(leaf.value);
    columns.push(sql`${taken(leaf, take)} as ${leaf.value}`);
    if (leaf.cleared !== null) columns.push(sql`bool_or(${leaf.cleared}) as ${leaf.cleared}`);
    const differs = disagrees(leaf, take);
    if (differs === null) continue;
    columns.push(sql`${differs} as dis_${leaf.value}`);
    faults.push({
      when: sql`dis_${leaf.value}`,
      code: literal('NORMALIZE_GROUP_DISAGREES'),
      field: leaf.path,
      columns: leaf.columns,
      value: sql`null::text`,
      reason: `the rows of the group give different values; state take for ${leaf.columns.join(', ') || leaf.path}`,
    });
  }
  for (const item of rows.items.values()) {
    columns.push(
      sql`jsonb_agg(${item} order by place, record) filter (where ${item} is not null) as ${item}`,
    );
  }
  const identity = pipeline.identity === undefined ? sql`null::text` : sql`min(identity)`;
  if (pipeline.identity !== undefined) {
    columns.push(sql`min(identity) is distinct from max(identity) as dis_identity`);
    faults.push({
      when: sql`dis_identity`,
      code: literal('NORMALIZE_GROUP_DISAGREES'),
      field: '',
      columns: identityColumns(pipeline),
      value: sql`null::text`,
      reason: 'the rows of the group have different identities',
    });
  }
  const query = sql`select (min(array[place, file, record]))[2] as file, (min(array[place, file, record]))[1]::integer as place, (min(array[place, file, record]))[3] as record,
  min(gkey) as gkey, slot, count(*) as size, ${identity} as identity,
  pointferry.digest('group 1' || string_agg(content, '' order by content collate "C")) as content,
  min(line) filter (where faults is not null) as bad_line, null::jsonb[] as row_faults,
  ${join(columns, ',\n  ')}
from ${those}
group by slot`;
  return { sql: query, faults };
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
function taken({ value, type }: Leaf, take: Take | 'sum' | 'constant'): Sql {
  if (take === 'sum') return sql`sum(${value})`;
  if (take === 'last') return nth(value, sql` desc`);
  if (take === 'first' || type.order === null) return nth(value, sql``);
  return take === 'min' ? type.order.least(value) : type.order.most(value);
}

const nth = (value: Sql, direction: Sql): Sql =>
  sql`(array_agg(${value} order by place${direction}, record${direction}) filter (where ${value} is not null))[1]`;

function disagrees({ value, type: { order }, cleared }: Leaf, take: Take | 'sum' | 'constant'): Sql | null {
  if (take !== 'same') return null;
  const values =
    order === null ? sql`count(distinct ${value}) > 1` : sql`${order.least(value)} <> ${order.most(value)}`;
  return cleared === null
    ? sql`coalesce(${values}, false)`
    : sql`(coalesce(${values}, false) or (bool_or(${cleared}) and count(${value}) > 0))`;
}
