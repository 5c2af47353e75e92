/** One row of an edited file against the stored cells: which changes are edits, and which the spreadsheet made. Pure. */
import { unguard } from '../files/cell.ts';
import { agree, readAs, readingsOf } from './dates.ts';
import { type Deed, deedOf, loses } from './deeds.ts';

export interface StoredCells {
  /** Names as in the file; a name may occur several times. */
  readonly header: readonly string[];
  /** Null: a record that could not be parsed, or cells that are gone. */
  readonly cells: readonly (string | null)[] | null;
  /** Columns at fault. Edits count in these and in the columns that were named. */
  readonly fields: ReadonlySet<string>;
  /** Formats that the pipeline reads a column's dates by. */
  readonly formats: (column: string) => readonly string[];
}

export interface Change {
  readonly column: string;
  readonly was: string;
  readonly seen: string;
}

export interface Compared {
  /** By column of the file. */
  readonly edits: readonly Change[];
  readonly restored: readonly (Change & { readonly deed: Deed })[];
  /** Edits of a column in which they do not count. */
  readonly ignored: readonly Change[];
}

/**
 * `cell` returns the text of the n-th column of a name, or undefined if the file does not have it any more. If the record could
 * not be parsed the original cells are empty, and everything that is there now counts.
 */
export function compareRow(
  stored: StoredCells,
  cell: (column: string, nth: number) => string | undefined,
  how: { readonly accept: ReadonlySet<string>; readonly encoding: 'utf-8' | 'windows-1252' },
): Compared {
  const edits: Change[] = [];
  const restored: (Change & { deed: Deed })[] = [];
  const ignored: Change[] = [];
  const times = new Map<string, number>();
  for (const [index, column] of stored.header.entries()) {
    const nth = times.get(column) ?? 0;
    times.set(column, nth + 1);
    const text = cell(column, nth);
    const was = stored.cells?.[index] ?? '';
    if (text === undefined || text === was || unguard(text) === was) continue;
    const change = { column, was, seen: unguard(text) };
    const counts = stored.cells === null || stored.fields.has(column) || how.accept.has(column);
    const deed = deedOf(was, change.seen, how.encoding);
    if (deed !== null && !(counts && isMeant(change, deed, stored.formats(column))))
      restored.push({ ...change, deed });
    else (counts ? edits : ignored).push(change);
  }
  return { edits, restored, ignored };
}

/**
 * In a column that was to be edited, a change that a spreadsheet could have made counts as an edit, unless it loses
 * something or makes a date that the pipeline would read as another day.
 */
function isMeant({ was, seen }: Change, deed: Deed, formats: readonly string[]): boolean {
  if (deed !== 'date') return !loses.has(deed);
  return formats.some((format) => {
    const read = readAs(seen, format);
    return read !== null && readingsOf(was).some((one) => agree(one, read));
  });
}
