/** Rows that a corrected file held and its correction does not: shown, and nothing done about them. */

import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import { buckets } from '../../ledger/buckets.ts';
import { filesOf } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';
import type { Output } from '../files/csv.ts';
import { type RowSource, writeSources } from '../files/errors-csv.ts';

export interface Withdrawn {
  /** The correction, a file of the run. */
  readonly file: number;
  /** The file that held the rows, and the run that read it. */
  readonly ofFile: number;
  readonly ofRun: string;
  readonly rows: number;
}

/** What corrections of this run left out. */
export const withdrawnOf = (client: Client, run: string): Promise<Withdrawn[]> =>
  query<Withdrawn>(client, 'report/withdrawn', { run });

/** How many rows a file left out. */
export const withdrawnBy = (file: number, withdrawn: readonly Withdrawn[]): number =>
  withdrawn.filter((one) => one.file === file).reduce((sum, one) => sum + one.rows, 0);

/** Writes withdrawn.csv: the rows as they were, with what became of them. No file where there are none. */
export async function writeWithdrawn(
  client: Client,
  run: Run,
  withdrawn: readonly Withdrawn[],
  folder: string,
  mask: boolean,
): Promise<Output[]> {
  const sources: RowSource[] = [];
  for (const { file: withdrawnBy, ofFile, ofRun } of withdrawn) {
    const file = (await filesOf(client, ofRun)).find((one) => one.id === ofFile);
    if (file) sources.push({ run: ofRun, file, filter: { buckets, withdrawnBy } });
  }
  if (sources.length === 0) return [];
  return await writeSources(client, run, folder, sources, { name: 'skipped', stem: 'withdrawn', mask });
}
