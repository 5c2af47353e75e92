import type { RunFile } from './file.ts';
/** Raw tables: one per file, made by stage, all columns text; cells of a file of more than 300 columns are one array. */

/** A name as SQL takes it, whatever is in it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The schema of raw tables, and of the tables that a run normalizes in. */
export const stagingSchema = 'pointferry_staging';

/** A raw table as SQL names it. */
export const rawTable = (name: string): string => `${stagingSchema}.${quoted(name)}`;

/** An SQL expression of the raw table `t` for the cells of a record in the order of the header, as text[]. */
export function cellsOf(file: RunFile, t: string): string {
  if (file.rawColumns.length === 0) return `'{}'::text[]`;
  if (file.rawColumns.every((column) => typeof column === 'number')) return `${t}._cells`;
  return `array[${file.rawColumns.map((column) => `${t}.${quoted(String(column))}`).join(', ')}]`;
}
