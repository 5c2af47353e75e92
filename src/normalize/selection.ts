/** Rows that a rerun takes, as rows of a query: cells as they were read, with what people have made of them over it. */

import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { PointferryError } from '../ground/errors.ts';
import { rawTable } from '../ledger/raw-table.ts';
import type { RowSource } from '../mapping/context.ts';
import { literal } from '../mapping/quote.ts';
import { boundRows, type Place } from '../mapping/source.ts';
import type { StagedFile } from './build.ts';

/** Records of a staged file, from one to another. */
export function excerpt(
  file: Pick<StagedFile, 'rawTable' | 'bound'>,
  from: number,
  until: number,
): RowSource {
  const source = boundRows(rawTable(file.rawTable ?? ''), file.bound);
  return {
    ...source,
    from: `(select * from ${source.from} where _record between ${from} and ${until} order by _record) r`,
  };
}

export const cellsGone = (file: string): PointferryError =>
  new PointferryError(
    'STAGE_CELLS_GONE',
    `the cells of ${file} are gone from the database: its rows cannot be read anew`,
  );

/**
 * The selected rows of one file. A record that could not be parsed is in it once somebody has repaired it: then all its
 * cells come from the edits. Throws STAGE_CELLS_GONE where the raw table is gone.
 */
export function selectedRows(run: string, file: StagedFile): RowSource {
  if (file.rawTable === null) {
    throw cellsGone(file.name);
  }
  const raw = boundRows(rawTable(file.rawTable), file.bound);
  const headerOf = new Map(file.rawColumns.map((place, index) => [place, file.header[index] ?? '']));
  return {
    from: `(select t.file, t.record, w.line, pointferry.edits_of(t.file, t.record) as edits
       from pointferry.rerun_row t join pointferry.row w on w.file = t.file and w.record = t.record
       where t.run = ${literal(run)} and t.file = ${file.id} offset 0) e
     left join ${rawTable(file.rawTable)} r on r._record = e.record
     where r._record is not null or e.edits is not null`,
    record: 'e.record',
    line: 'e.line',
    cell: (column) => {
      const cell = raw.cell(column);
      const place: Place | undefined = file.bound[column];
      if (cell === null || place === undefined) return null;
      const header = literal(headerOf.get(place) ?? column);
      return `case when e.edits ? ${header} then e.edits->>${header} else ${cell} end`;
    },
  };
}

/**
 * Widens a rerun's selection to whole groups: rejected or failed rows that share a group with a selected one, and the groups
 * beside a record that was repaired. Gives how many rows came in. Call it again after edits were added.
 */
export async function widenSelection(client: Client, run: string, across: boolean): Promise<number> {
  const added = await query(client, 'normalize/widen', { run, across });
  return added.length;
}
