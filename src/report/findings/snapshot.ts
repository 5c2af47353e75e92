/** Reading in one snapshot. */
import type { Client, Db } from '../../db/pool.ts';
import { inTransaction } from '../../db/transaction.ts';
import { numberGroups } from './groups.ts';
import { type Findings, findingsOf } from './summary.ts';

/** What the files would say, without writing any. */
export async function findingsIn(db: Db, runId: string): Promise<Findings> {
  await numberGroups(db, runId);
  return await inSnapshot(db, (client) => findingsOf(client, runId));
}

/** One snapshot for all that is read; long enough for a million rows. */
export const inSnapshot = <T>(db: Db, fn: (client: Client) => Promise<T>): Promise<T> =>
  inTransaction(db, fn, { isolation: 'repeatable read', readOnly: true, statementTimeoutMs: 600_000 });
