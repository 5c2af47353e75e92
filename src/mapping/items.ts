/** Items of lists and dictionaries: several scalars that become one JSON object. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import { join, literal, or, type Sql, sql } from '../ground/sql-text.ts';
import type { Items } from '../pipeline/mapping.ts';
import { itemFaults, itemStands } from './checks.ts';
import { type ItemLeaf, itemDeclaration, type Leaf, type RowItems } from './fields.ts';
import { type Context, cellsSql, type FaultSql } from './query.ts';
import { compileScalar } from './scalar.ts';

/** Compiles the scalars of one item. `path` goes before their names: `line_items.`, `family[2].`. */
export function compileItem(
  context: Context,
  path: string,
  items: Items,
  declaredOf: (name: string) => FieldDeclaration,
): readonly ItemLeaf[] {
  return Object.keys(items)
    .sort()
    .flatMap((name) => {
      const mapping = items[name];
      if (mapping === undefined) return [];
      const declared = declaredOf(name);
      return [
        {
          name,
          declared,
          leaf: compileScalar(context, `${path}${name}`, mapping, declared),
        },
      ];
    });
}

/** SQL of the JSON object; null where nothing but constants is in it. */
export function itemJson(leaves: readonly ItemLeaf[]): Sql {
  const pairs = leaves.map(({ name, leaf }) => sql`${literal(name)} : ${handed(leaf)}`);
  return sql`case when ${itemStands(leaves)} then json_object(${join(pairs, ', ')} absent on null returning jsonb) end`;
}

/** JSON cells go in as they are, everything else as text. */
export const handed = ({ type, value }: Leaf): Sql => (type.isJson ? value : type.text(value));

/** A list with one item per row: the item's column and its faults, the parse faults of its cells included. */
export function compileRowItem(
  context: Context,
  field: RowItems,
): { readonly json: Sql; readonly faults: readonly FaultSql[] } {
  const leaves = compileItem(context, `${field.name}.`, field.items, (name) => itemDeclaration(field, name));
  const faults = [
    ...leaves.flatMap(({ leaf }) => leaf.faults),
    ...itemFaults(leaves, failedSql).map((fault) => shown(context, fault)),
  ];
  return { json: itemJson(leaves), faults };
}

/** Was the cell there, and not readable? Only asked for required fields of items. */
const failedSql = (leaf: Leaf): Sql => or(...leaf.faults.map((fault) => sql`coalesce(${fault.when}, false)`));

/** Faults of a row show the cell as it stands. */
const shown = (context: Context, fault: FaultSql): FaultSql => ({
  ...fault,
  value: cellsSql(context, fault.columns),
});
