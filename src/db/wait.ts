import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../ground/backoff.ts';
import { DatabaseError } from './failure.ts';
import { type Db, withConnection } from './pool.ts';

/** Before the database is asked again. */
export const jitter = (attempt: number): number => backoffMs(attempt, { firstMs: 40, mostMs: 2_000 });

const startUpMs = 30_000;

/**
 * Waits until the database answers: while it restarts, is starting up, or has no connection free. Throws the last
 * DatabaseError at the deadline (a server that is there and says that it is starting up gets 30 s at least), and at once
 * for what waiting does not mend (credentials, no such database).
 */
export async function waitForDatabase(db: Db, deadlineMs: number): Promise<void> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      await withConnection(db, (client) => client.query('select 1', undefined, { timeoutMs: 5_000 }));
      return;
    } catch (error) {
      const waits = error instanceof DatabaseError && (error.kind === 'connection' || error.kind === 'busy');
      const startsUp = waits && error.sqlstate === '57P03';
      const end = begun + (startsUp ? Math.max(deadlineMs, startUpMs) : deadlineMs);
      if (!waits || performance.now() >= end) throw error;
      await sleep(Math.min(jitter(attempt) + 20, Math.max(0, end - performance.now())));
    }
  }
}
