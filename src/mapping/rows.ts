/** The rows of one file: one SELECT over its raw table, giving typed values, filter, keys, amount, content and faults. */
import type { Kind } from '../destinations/kind.ts';
import { indent, join, literal, type Sql, sql } from '../ground/sql-text.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { compileAmount } from './amount.ts';
import { contentSql } from './content.ts';
import { type Field, fieldsOf, itemDeclaration, type Leaf, type Rows } from './fields.ts';
import { compileGroup, rowContext } from './group.ts';
import { compileItem, compileRowItem } from './items.ts';
import { compileKey, type Key, tooLongSql } from './keys.ts';
import { at, type Context, type FaultSql, faultsSql, type RowSource, type Tables } from './query.ts';
import { compileScalar } from './scalar.ts';
import { whereSql } from './where.ts';

/** What is known of a file beside its rows. */
export interface FileFacts {
  readonly id: number;
  readonly place: number;
  readonly contentSha256: string;
}

/** Compiles the rows of a file. Throws CONFIG_INVALID for what `check` would have refused. */
export function compileRows(
  pipeline: Pipeline,
  kind: Kind,
  source: RowSource,
  tables: Tables,
  file: FileFacts,
): Rows {
  const context = rowContext(pipeline, source, tables);
  const fields = fieldsOf(pipeline, kind);
  const leaves = new Map<string, Leaf>();
  const items = new Map<string, Sql>();
  const itemSql: Sql[] = [];
  const faults: FaultSql[] = [];
  for (const field of fields) {
    if (field.shape === 'rows') {
      const { json, faults: found } = compileRowItem(context, field);
      const name = sql`i${items.size + 1}`;
      items.set(field.name, name);
      itemSql.push(sql`${json} as ${name}`);
      faults.push(...found);
    } else {
      for (const leaf of scalarsOf(context, field)) {
        leaves.set(leaf.path, leaf);
        faults.push(...leaf.faults);
      }
    }
  }
  const version = versionLeaf(context);
  const group = compileGroup(context);
  const identity = identitySql(context, file);
  const amount = compileAmount(context);
  faults.push(...(version?.faults ?? []), ...(group?.faults ?? []), ...identity.faults, ...amount.faults);
  if (version) faults.push(missingVersion(version));
  const filtered = pipeline.where
    ? sql`not ${whereSql(pipeline.where, (name) => context.cell(name), context.nulls)}`
    : sql`false`;
  const held = [...leaves.values(), ...(version ? [version] : [])].flatMap((leaf) =>
    leaf.cleared === null ? [leaf.value] : [leaf.value, leaf.cleared],
  );
  const columns = [
    sql`${file.id}::bigint as file`,
    sql`${file.place}::integer as place`,
    sql`record`,
    sql`line`,
    sql`${filtered} as filtered`,
    sql`${group?.value ?? sql`null::text`} as gkey`,
    sql`${slotSql(pipeline, group, file)} as slot`,
    sql`${identity.sql} as identity`,
    sql`${amount.amount} as amount`,
    sql`${amount.currency} as currency`,
    sql`${amount.unreadable} as unreadable`,
    sql`${contentSql(context, kind, fields, leaves)} as content`,
    sql`${faultsSql(distinct(faults))} as faults`,
    ...new Set(held),
    ...itemSql,
  ];
  const phones = context.phones.map(
    ({ value, region }) =>
      sql`select ${value} as value, ${region} as region from (${context.levels.text(at.mapped)}) q`,
  );
  return {
    sql: sql`select ${join(columns, ',\n  ')}\nfrom (\n${indent(context.levels.text())}\n  offset 0\n) q`,
    leaves,
    items,
    version,
    phones: [...new Set(phones)],
  };
}

/**
 * What joins rows of one group: the group's key, or the record itself where the key is empty, or too long (slots are
 * indexed): such a row is at fault, and only the rows that have that very key are of its group.
 */
function slotSql(pipeline: Pipeline, group: Key | undefined, file: FileFacts): Sql {
  if (group === undefined) return sql`null::text`;
  const alone = pipeline.group?.across === 'files' ? sql`'#${file.id}:' || record` : sql`'#' || record`;
  return sql`coalesce(case when not ${tooLongSql(group.value)} then '=' || ${group.value} end, ${alone})`;
}

/** The same cell at fault in the same way is one fault, of all the fields that are made of it. */
function distinct(faults: readonly FaultSql[]): readonly FaultSql[] {
  const merged = new Map<string, { fault: FaultSql; whens: Set<Sql>; fields: Set<string> }>();
  for (const fault of faults) {
    const key = JSON.stringify([fault.code, fault.columns]);
    const one = merged.get(key) ?? { fault, whens: new Set<Sql>(), fields: new Set<string>() };
    one.whens.add(fault.when);
    one.fields.add(fault.field);
    merged.set(key, one);
  }
  return [...merged.values()].map(({ fault, whens, fields }) => ({
    ...fault,
    when: sql`(${join([...whens], ') or (')})`,
    field: [...fields].join('+'),
  }));
}

function scalarsOf(context: Context, field: Exclude<Field, { readonly shape: 'rows' }>): readonly Leaf[] {
  switch (field.shape) {
    case 'scalar':
      return [compileScalar(context, field.name, field.mapping, field.declared)];
    case 'dictionary':
      return compileItem(context, `${field.name}.`, field.items, (name) => itemDeclaration(field, name)).map(
        ({ leaf }) => leaf,
      );
    case 'columns':
      return field.items.flatMap((items, index) =>
        compileItem(context, `${field.name}[${index}].`, items, (name) => itemDeclaration(field, name)).map(
          ({ leaf }) => leaf,
        ),
      );
  }
}

/** When the row became true: its version, or the business date that stands in a column. */
function versionLeaf(context: Context): Leaf | undefined {
  const { version, businessDate } = context.pipeline;
  if (version !== undefined)
    return compileScalar(context, 'version', version, { type: 'instant', source: '' });
  if (businessDate === undefined || !('column' in businessDate)) return undefined;
  const { column, zone: _zone, ...reading } = businessDate;
  return compileScalar(context, 'version', { from: column, as: 'date', ...reading });
}

/** SQL without its brackets, true where one of the faults holds. */
const anyFault = (leaf: Leaf): Sql =>
  leaf.faults.length === 0
    ? sql`false`
    : join(
        leaf.faults.map((fault) => sql`coalesce(${fault.when}, false)`),
        ' or ',
      );

/** A state whose version cell is empty has no place in the order of its subject. */
const missingVersion = (version: Leaf): FaultSql => ({
  when: sql`${version.value} is null and not (${anyFault(version)})`,
  code: literal('NORMALIZE_REQUIRED'),
  field: 'version',
  columns: version.columns,
  value: sql`null::text`,
  reason: 'the version is empty',
});

function identitySql(
  context: Context,
  file: FileFacts,
): { readonly sql: Sql; readonly faults: readonly FaultSql[] } {
  const { identity } = context.pipeline;
  if (identity === undefined) return { sql: sql`null::text`, faults: [] };
  if ('file' in identity) {
    return { sql: sql`${literal(`${identity.source}:${file.contentSha256}:`)} || record`, faults: [] };
  }
  const key = compileKey(context, identity.columns, 'identity');
  return { sql: sql`${literal(`${identity.source}:`)} || ${key.value}`, faults: key.faults };
}
