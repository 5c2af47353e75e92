/** Raw tables: one per file, made by stage, all columns text; cells of a file of more than 300 columns are one array. */
import { name, type Sql, sql, table } from '../ground/sql-text.ts';
import type { RunFile } from './file.ts';

/** The schema of raw tables, and of the tables that a run normalizes in. */
export const stagingSchema = 'pointferry_staging';

/** A raw table as SQL names it. */
export const rawTable = (file: string): Sql => sql`${table(stagingSchema)}.${name(file)}`;

/** An SQL expression of the raw table `t` for the cells of a record in the order of the header, as text[]. */
export function cellsOf(file: RunFile, t: string): string {
  if (file.rawColumns.length === 0) return `'{}'::text[]`;
  if (file.rawColumns.every((column) => typeof column === 'number')) return `${t}._cells`;
  return `array[${file.rawColumns.map((column) => `${t}.${name(String(column))}`).join(', ')}]`;
}
