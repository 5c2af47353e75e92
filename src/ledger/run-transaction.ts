/** The transaction that moves a run from one state to the next, between two failpoints. */
import { failpoint } from '../db/failpoint.ts';
import type { Client, Db } from '../db/pool.ts';
import { inTransaction, type TransactionOptions } from '../db/transaction.ts';
import type { Owner } from './owner.ts';

/** A process that holds something, by its fencing token. */
export type Holding = Pick<Owner, 'token'> & Partial<Pick<Owner, 'waiting'>>;

export async function moveRun<T>(
  db: Db,
  what: 'begin' | 'hold' | 'stage' | 'end' | 'close',
  options: TransactionOptions,
  fn: (client: Client) => Promise<T>,
): Promise<T> {
  const result = await inTransaction(
    db,
    async (client) => {
      const value = await fn(client);
      failpoint(`run/before-${what}-commit`);
      return value;
    },
    options,
  );
  failpoint(`run/after-${what}`);
  return result;
}
