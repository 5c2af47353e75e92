/** Items of lists and dictionaries: several scalars that become one JSON object. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import type { Items } from '../pipeline/mapping.ts';
import { declaredFaults, textOf } from './checks.ts';
import type { Context, FaultSql } from './context.ts';
import { itemDeclaration, type RowItems } from './fields.ts';
import { cellsSql, type Leaf } from './leaf.ts';
import { literal, or } from './quote.ts';
import { compileScalar } from './scalar.ts';

export interface ItemLeaf {
  readonly name: string;
  readonly leaf: Leaf;
  readonly declared: FieldDeclaration;
}

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

/** SQL of the JSON object; null where nothing but constants is in it. `value` gives the SQL of a leaf's value. */
export function itemJson(
  leaves: readonly ItemLeaf[],
  value: (leaf: Leaf) => string = (leaf) => leaf.value,
): string {
  const pairs = leaves.map(({ name, leaf }) => `${literal(name)} : ${handed(leaf, value(leaf))}`);
  return `case when ${itemStands(leaves, value)} then json_object(${pairs.join(', ')} absent on null returning jsonb) end`;
}

/** JSON cells go in as they are, everything else as text. */
export const handed = (leaf: Leaf, value: string): string =>
  leaf.as === 'json' ? value : textOf(leaf.as, value);

/** SQL, true where the item has a value that is no constant. */
export function itemStands(leaves: readonly ItemLeaf[], value: (leaf: Leaf) => string): string {
  return or(
    ...leaves
      .filter(({ leaf }) => leaf.origin !== 'constant')
      .map(({ leaf }) => `${value(leaf)} is not null`),
  );
}

/** The faults of one item that a kind's declarations find; an item that is not there has none. */
export function itemFaults(
  leaves: readonly ItemLeaf[],
  value: (leaf: Leaf) => string,
  faulty: (leaf: Leaf) => string,
): readonly FaultSql[] {
  const stands = itemStands(leaves, value);
  return leaves.flatMap(({ leaf, declared }) => {
    const { path, columns, as } = leaf;
    const checked = { path, columns, as, value: value(leaf), faulty: faulty(leaf), cleared: null };
    return declaredFaults(checked, declared).map((fault) => ({
      ...fault,
      when: `${stands} and ${fault.when}`,
    }));
  });
}

/** A list with one item per row: the item's column and its faults, the parse faults of its cells included. */
export function compileRowItem(
  context: Context,
  field: RowItems,
): { readonly json: string; readonly faults: readonly FaultSql[] } {
  const leaves = compileItem(context, `${field.name}.`, field.items, (name) => itemDeclaration(field, name));
  const value = (leaf: Leaf): string => leaf.value;
  const faults = [
    ...leaves.flatMap(({ leaf }) => leaf.faults),
    ...itemFaults(leaves, value, (leaf) => failedSql(leaf)).map((fault) => shown(context, fault)),
  ];
  return { json: itemJson(leaves), faults };
}

/** Was the cell there, and not readable? Only asked for required fields of items. */
const failedSql = (leaf: Leaf): string => or(...leaf.faults.map((fault) => `coalesce(${fault.when}, false)`));

/** Faults of a row show the cell as it stands. */
const shown = (context: Context, fault: FaultSql): FaultSql => ({
  ...fault,
  value: cellsSql(context, fault.columns),
});
