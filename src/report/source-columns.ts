/** From a field of the kind back to the columns of the file that it is made of. */
import { type FileRecord, record } from './files.ts';

/**
 * The columns of the file that a fault is about, by the names the file gives them. `field` is a kind's field where
 * `ofKind` (a refusal of the platform), else the pipeline's names of columns joined with `+`.
 */
export function columnsOfField(
  definition: Readonly<Record<string, unknown>>,
  field: string,
  ofKind: boolean,
  file: FileRecord,
): string[] {
  const known = new Set([...file.header, ...Object.keys(file.bound)]);
  const columns = ofKind
    ? sourceColumnsOf(definition, field, known)
    : known.has(field) || field === ''
      ? [field].filter(Boolean)
      : field.split('+');
  return [...new Set(columns.map((name) => nameInFile(name, file)))];
}

/** The header's own name for a column that the pipeline writes otherwise (case, blanks, an older name). */
function nameInFile(name: string, file: FileRecord): string {
  const place = file.bound[name];
  const index = place === undefined ? -1 : file.rawColumns.indexOf(place);
  return file.header[index] ?? name;
}

/**
 * The columns that a kind's field is made of, as the pipeline writes them, in the order they are mentioned; none for
 * a constant. `field` may be a path (`line_items.item_id`, `line_items[2].value`); one that is not mapped gives the
 * columns of its nearest mapped parent. Works on the definition that the run stored, whatever the pipeline says today.
 */
export function sourceColumnsOf(
  definition: Readonly<Record<string, unknown>>,
  field: string,
  known: ReadonlySet<string>,
): string[] {
  if (field === '') return [];
  const columns = record(definition.columns);
  let mapping: unknown = columns;
  for (const part of field.replace(/\[\d*\]/g, '').split('.')) {
    const inner = record(mapping)[part];
    if (inner === undefined) break;
    mapping = inner;
  }
  if (mapping === columns) return known.has(field) ? [field] : [];
  const found = new Set<string>();
  collect(mapping, '', known, found);
  return [...found];
}

/** Keys whose text is not made of columns, though it may be equal to the name of one. */
const notColumns = new Set([
  'as',
  'format',
  'zone',
  'via',
  'unknown',
  'map',
  'constant',
  'nulls',
  'otherwise',
  'with',
]);

function collect(value: unknown, key: string, known: ReadonlySet<string>, found: Set<string>): void {
  if (notColumns.has(key)) return;
  if (typeof value === 'string') {
    for (const name of mentioned(value, key, known)) found.add(name);
  } else if (typeof value === 'object' && value !== null) {
    for (const [inner, one] of Object.entries(value))
      collect(one, Array.isArray(value) ? key : inner, known, found);
  }
}

/** Expressions (`Quantity * UnitPrice`, raw SQL) mention names among other words; anywhere else the text is a name. */
function mentioned(text: string, key: string, known: ReadonlySet<string>): string[] {
  if (known.has(text)) return [text];
  if (key !== 'compute' && key !== 'sql') return [];
  return [...text.matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_]*/gu)]
    .map((match) => match[1]?.replaceAll('""', '"') ?? match[0])
    .filter((name) => known.has(name));
}
