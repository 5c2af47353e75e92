/** From a field of the kind back to the columns of the file that it is made of. */
import { record } from './files.ts';

/**
 * The columns of the file that a kind's field is made of, in the order they are mentioned; none for a constant.
 * `field` may be a path (`line_items.item_id`, `line_items[2].value`); one that is not mapped gives the columns of
 * its nearest mapped parent. Works on the definition that the run stored, whatever the pipeline says today.
 */
export function sourceColumnsOf(
  definition: Readonly<Record<string, unknown>>,
  field: string,
  header: readonly string[],
): string[] {
  if (field === '') return [];
  const names = new Set(header);
  let mapping: unknown = record(definition.columns);
  for (const part of field.replace(/\[\d*\]/g, '').split('.')) {
    const inner = record(mapping)[part];
    if (inner === undefined) break;
    mapping = inner;
  }
  if (mapping === definition.columns) return names.has(field) ? [field] : [];
  const found = new Set<string>();
  collect(mapping, '', names, found);
  return [...found];
}

/** Keys whose text is not made of columns, though it may be equal to the name of one. */
const notColumns = new Set(['as', 'format', 'zone', 'via', 'unknown', 'map', 'constant', 'nulls']);

function collect(value: unknown, key: string, names: ReadonlySet<string>, found: Set<string>): void {
  if (notColumns.has(key)) return;
  if (typeof value === 'string') {
    for (const name of mentioned(value, key, names)) found.add(name);
  } else if (typeof value === 'object' && value !== null) {
    for (const [inner, one] of Object.entries(value))
      collect(one, Array.isArray(value) ? key : inner, names, found);
  }
}

/** Expressions (`Quantity * UnitPrice`, raw SQL) mention names among other words; anywhere else the text is a name. */
function mentioned(text: string, key: string, names: ReadonlySet<string>): string[] {
  if (names.has(text)) return [text];
  if (key !== 'compute' && key !== 'sql') return [];
  return [...text.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_]*/gu)]
    .map((match) => match[1]?.replaceAll('""', '"') ?? match[0])
    .filter((name) => names.has(name));
}
