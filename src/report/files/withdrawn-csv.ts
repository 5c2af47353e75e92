/** withdrawn.csv: rows that a correction left out. */
import type { Client } from '../../db/pool.ts';
import { buckets } from '../../ledger/buckets.ts';
import { filesOf } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';
import type { Output } from '../findings/summary.ts';
import type { Withdrawn } from '../findings/withdrawn.ts';
import { type RowSource, writeSources } from './errors-csv.ts';

/** Writes withdrawn.csv: the rows as they were, with what became of them. Writes no file if there are none. */
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
