/** Runs that can go on by themselves, oldest first. */
import { type Db, withClient } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';

export const openRuns = async (db: Db): Promise<string[]> =>
  (await withClient(db, (client) => query<{ id: string }>(client, 'run/open-runs'))).map((run) => run.id);
