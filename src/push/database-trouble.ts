/** Waiting for a database that is away: it costs time and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommitUnknown, DatabaseError } from '../db/failure.ts';
import type { Db } from '../db/pool.ts';
import { waitForDatabase } from '../db/wait.ts';
import { backoffMs } from '../ground/backoff.ts';
import { LedgerBehind } from '../ledger/position/guard.ts';

/** True if waiting or asking again helps: not for refused credentials, a full disk or a wrong statement. */
export function isPassing(error: unknown): boolean {
  if (error instanceof CommitUnknown || error instanceof LedgerBehind) return true;
  return error instanceof DatabaseError && ['connection', 'busy', 'conflict', 'timeout'].includes(error.kind);
}

/** Waits for the database, and a little longer each time. Throws what it threw last when `withinMs` is over. */
export async function outlast(db: Db, withinMs: number, times: number): Promise<void> {
  await sleep(20 + backoffMs(times, { firstMs: 40, mostMs: 1_000 }));
  await waitForDatabase(db, withinMs);
}

/** Does it again until it is done, for as long as the database's trouble is of the passing kind and `withinMs` not over. */
export async function patiently<T>(db: Db, withinMs: number, fn: () => Promise<T>): Promise<T> {
  const until = performance.now() + withinMs;
  for (let times = 1; ; times++) {
    try {
      return await fn();
    } catch (error) {
      const leftMs = until - performance.now();
      if (!isPassing(error) || leftMs <= 0) throw error;
      await outlast(db, leftMs, times);
    }
  }
}
