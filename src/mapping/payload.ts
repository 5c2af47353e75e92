/** The payload of an operation: the kind's fields as JSON. */
import type { Kind } from '../destinations/kind.ts';
import type { Field } from './fields.ts';
import { handed, itemJson } from './items.ts';
import type { Leaf } from './leaf.ts';
import { dictionaryLeaves, itemsOf } from './leaves.ts';
import { literal } from './quote.ts';
import type { Rows } from './rows.ts';

const value = (leaf: Leaf): string => leaf.value;

/** Absent fields are absent, cleared ones null. The subject stands apart, since a parked one is known later. */
export function payloadSql(fields: readonly Field[], rows: Rows, kind: Kind): string {
  const pairs: string[] = [];
  const clears: string[] = [];
  for (const field of fields) {
    if (field.name === kind.subjectField) continue;
    const key = literal(field.name);
    if (field.shape === 'scalar') {
      const leaf = rows.leaves.get(field.name);
      if (leaf === undefined) continue;
      pairs.push(`${key} : ${handed(leaf, leaf.value)}`);
      if (leaf.cleared !== null)
        clears.push(`case when ${leaf.cleared} then jsonb_build_object(${key}, null) else '{}' end`);
    } else if (field.shape === 'rows') {
      pairs.push(`${key} : ${rows.items.get(field.name)}`);
    } else if (field.shape === 'dictionary') {
      pairs.push(`${key} : ${itemJson(dictionaryLeaves(field, rows), value)}`);
    } else {
      const items = itemsOf(field, rows).map((leaves, index) => `(${index}, ${itemJson(leaves, value)})`);
      pairs.push(
        `${key} : (select jsonb_agg(i.item order by i.n) filter (where i.item is not null) from (values ${items.join(', ')}) i(n, item))`,
      );
    }
  }
  const object = `json_object(${pairs.join(', ')} absent on null returning jsonb)`;
  return pairs.length === 0 ? "'{}'::jsonb" : [object, ...clears].join(' || ');
}

/** The operation's value as a number, where the kind has one. */
export function valueSql(kind: Kind, rows: Rows): string {
  const leaf = kind.valueField === undefined ? undefined : rows.leaves.get(kind.valueField);
  return leaf === undefined || !['decimal', 'integer'].includes(leaf.as)
    ? 'null::numeric'
    : `${leaf.value}::numeric`;
}
