/** Runs that can go on by themselves, oldest first. */
import type { Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';

export const openRuns = async (db: Db): Promise<string[]> =>
  (await reading(db, (client) => query<{ id: string }>(client, 'run/open-runs'))).map((run) => run.id);
