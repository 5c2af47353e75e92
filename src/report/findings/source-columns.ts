/** From a field of the kind back to the columns of the file that it is made of. */

import { PointferryError } from '../../ground/errors.ts';
import type { RunFile } from '../../ledger/file.ts';
import type { Definition } from '../../ledger/run.ts';
import { sourceColumns } from '../../mapping/columns.ts';
import { type FieldMapping, isScalar } from '../../pipeline/mapping.ts';

/** What of a stored pipeline says which columns a field is made of. */
export type Mapped = Pick<Definition, 'columns'>;

type Columns = Readonly<Record<string, FieldMapping>>;

/**
 * The columns of the file that a fault is about, by the names the file gives them. `field` is a kind's field where
 * `ofKind` (a refusal of the platform), else the pipeline's names of columns joined with `+`.
 */
export function columnsOfField(definition: Mapped, field: string, ofKind: boolean, file: RunFile): string[] {
  const known = new Set([...file.header, ...Object.keys(file.bound)]);
  const columns = ofKind
    ? sourceColumnsOf(definition, field)
    : known.has(field)
      ? [field]
      : field.split('+').filter(Boolean);
  return [...new Set(columns.map((name) => nameInFile(name, file)))];
}

/** The header's own name for a column that the pipeline writes otherwise (case, blanks, an older name). */
function nameInFile(name: string, file: RunFile): string {
  const place = file.bound[name];
  const index = place === undefined ? -1 : file.rawColumns.indexOf(place);
  return file.header[index] ?? name;
}

/**
 * The columns that a kind's field is made of, as the pipeline writes them, in the order they are mentioned; none for
 * a constant. `field` may be a path (`line_items.item_id`, `line_items[2].value`); one that is not mapped gives the
 * columns of its nearest mapped parent. `member` is also what is looked up in the crosswalk, whatever the kind calls
 * it. Works on the definition that the run stored, whatever the pipeline says today.
 */
export function sourceColumnsOf(definition: Mapped, field: string): string[] {
  const columns = definition.columns;
  const [name = '', ...path] = field.split(/[.[\]]+/).filter(Boolean);
  const mapping = own(columns, name) ?? (name === 'member' ? lookedUp(columns) : undefined);
  return mapping === undefined ? [] : [...new Set(columnsIn(mapping, path))];
}

const own = (columns: Columns, name: string): FieldMapping | undefined =>
  Object.hasOwn(columns, name) ? columns[name] : undefined;

const lookedUp = (columns: Columns): FieldMapping | undefined =>
  Object.values(columns).find((mapping) => 'via' in mapping && mapping.via !== undefined);

function columnsIn(mapping: FieldMapping, path: readonly string[]): readonly string[] {
  if (isScalar(mapping)) return understood(() => sourceColumns(mapping));
  const [step, ...rest] = path;
  if (step !== undefined) {
    const inner = own(mapping as Columns, step);
    // the number of an item says nothing if every row of the group makes one
    if (inner !== undefined || /^\d+$/.test(step)) return columnsIn(inner ?? mapping, rest);
  }
  return Object.values(mapping).flatMap((one: FieldMapping) => columnsIn(one, path));
}

/** Returns no columns for a definition that this version would refuse: the report of an old run shows what it can. */
function understood(columns: () => readonly string[]): readonly string[] {
  try {
    return columns();
  } catch (error) {
    if (error instanceof PointferryError) return [];
    throw error;
  }
}
