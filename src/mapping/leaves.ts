/** The scalars of lists and dictionaries, found again among the columns of the rows. */
import { type ColumnItems, type Dictionary, type Field, itemDeclaration } from './fields.ts';
import type { ItemLeaf } from './items.ts';
import type { Rows } from './rows.ts';

export function dictionaryLeaves(field: Dictionary, rows: Rows): readonly ItemLeaf[] {
  return leavesOf(Object.keys(field.items), `${field.name}.`, field, rows);
}

export function itemsOf(field: ColumnItems, rows: Rows): readonly (readonly ItemLeaf[])[] {
  return field.items.map((items, index) =>
    leavesOf(Object.keys(items), `${field.name}[${index}].`, field, rows),
  );
}

function leavesOf(
  names: readonly string[],
  prefix: string,
  field: Exclude<Field, { readonly shape: 'scalar' }>,
  rows: Rows,
): readonly ItemLeaf[] {
  return [...names].sort().flatMap((name) => {
    const leaf = rows.leaves.get(`${prefix}${name}`);
    return leaf === undefined ? [] : [{ name, leaf, declared: itemDeclaration(field, name) }];
  });
}
