import { setTimeout as sleep } from 'node:timers/promises';
import { beginText } from './begin.ts';
import { type CommitMark, LostCommit, markCommit, settleCommit } from './commit.ts';
import { DatabaseError, type FailureKind } from './failure.ts';
import {
  type Client,
  clientSlackMs,
  type Db,
  orRollback,
  requireCommitted,
  withClient,
  withConnection,
} from './pool.ts';
import { jitter, waitForDatabase } from './wait.ts';

export interface TransactionOptions {
  /** `set local synchronous_commit = on | off`; on unless it is said. */
  readonly syncCommit?: boolean;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /**
   * What follows when COMMIT was sent and its answer never came:
   *  - `throw` (default)  CommitUnknown;
   *  - `settle`           a mark written before the commit tells what became of it: done returns `fn`'s result, undone
   *                       runs `fn` again. Wants a migrated database; costs one small write where `fn` wrote anything;
   *  - `rerun`            runs `fn` again: only for work that may happen twice.
   */
  readonly lostCommit?: 'throw' | 'settle' | 'rerun';
  /** The same as `lostCommit: 'rerun'`. */
  readonly idempotent?: boolean;
  /** Tries in all, the first included. */
  readonly attempts?: number;
}

/**
 * Runs of one transaction in all, by why the last one failed. Kinds not named are never run again. Lost connections are
 * suffered for `reconnectMs` at least, however many: a server that restarts again and again costs time only.
 */
const retried = { conflict: 8, connection: 6, busy: 6 } as const satisfies Partial<
  Record<FailureKind, number>
>;

/**
 * Runs `fn` in a transaction and commits it. The whole transaction runs again after a deadlock, a serialization
 * failure, or a connection lost before COMMIT was sent: so `fn` must do nothing but database work, and take its
 * results from its return value.
 *
 * Throws DatabaseError, CommitUnknown, or what `fn` threw (after a rollback).
 */
export async function inTransaction<T>(
  db: Db,
  fn: (client: Client) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return again(db, () => once(db, fn, options), options);
}

async function again<T>(db: Db, run: () => Promise<T>, options: TransactionOptions): Promise<T> {
  let patientUntil = 0;
  for (let attempt = 1; ; attempt++) {
    const ended: { value: T } | undefined = await run().then(
      (value) => ({ value }),
      (error: unknown) => {
        patientUntil ||= performance.now() + db.options.reconnectMs;
        const tried = { attempt, patient: performance.now() < patientUntil };
        return afterFailure<T>(db, error, options, tried);
      },
    );
    if (ended) return ended.value;
    await sleep(jitter(attempt));
  }
}

interface Tried {
  readonly attempt: number;
  /** The time for lost connections is not over. */
  readonly patient: boolean;
}

/** Gives the value if the transaction was committed after all, nothing if it is to run again; else throws. */
async function afterFailure<T>(
  db: Db,
  error: unknown,
  options: TransactionOptions,
  { attempt, patient }: Tried,
): Promise<{ value: T } | undefined> {
  if (error instanceof LostCommit) {
    if (options.readOnly) return { value: error.value as T }; // what was read is read
    if (options.lostCommit === 'settle') {
      const outcome = await settleCommit(db, error.mark);
      if (outcome === 'committed') return { value: error.value as T };
      if (outcome === 'unknown') throw error;
    } else if (options.lostCommit !== 'rerun' && !options.idempotent) throw error;
    if (attempt >= (options.attempts ?? (patient ? Number.POSITIVE_INFINITY : retried.connection)))
      throw error;
    await comeBack(db);
    return undefined;
  }
  if (!(error instanceof DatabaseError)) throw error;
  const allowed = error.kind in retried ? retried[error.kind as keyof typeof retried] : 1;
  const suffered = error.kind === 'connection' && patient ? Number.POSITIVE_INFINITY : allowed;
  if (attempt >= Math.min(options.attempts ?? suffered, suffered)) throw error;
  if (error.kind === 'connection') await comeBack(db);
  return undefined;
}

/**
 * As `withClient`, for reads and for single statements that may happen twice: again when the connection was lost, once
 * the server is back.
 */
export async function reading<T>(db: Db, fn: (client: Client) => Promise<T>): Promise<T> {
  return again(db, () => withClient(db, fn), {});
}

/** Waits for a server that restarts; where it does not come back, the next attempt says why. */
const comeBack = (db: Db): Promise<void> =>
  waitForDatabase(db, db.options.reconnectMs).catch(() => undefined);

async function once<T>(db: Db, fn: (client: Client) => Promise<T>, options: TransactionOptions): Promise<T> {
  const statementTimeoutMs = options.statementTimeoutMs ?? db.options.statementTimeoutMs;
  const how = {
    statementTimeoutMs,
    lockTimeoutMs: options.lockTimeoutMs ?? db.options.lockTimeoutMs,
    idleInTransactionMs: db.options.idleInTransactionMs,
    syncCommit: options.syncCommit ?? true,
    isolation: options.isolation ?? 'read committed',
    readOnly: options.readOnly ?? false,
  };
  return await withConnection(db, async (client) => {
    client.timeoutMs = statementTimeoutMs + clientSlackMs;
    const { value, mark } = await orRollback(client, async () => {
      await client.query(beginText(how)); // one that fails half way has begun
      return {
        value: await fn(client),
        mark: options.lostCommit === 'settle' ? await markCommit(client) : null,
      };
    });
    await commit(client, mark, value);
    return value;
  });
}

async function commit(client: Client, mark: CommitMark | null, value: unknown): Promise<void> {
  const result = await client.query('commit').catch((error: unknown) => {
    // an answer of the server is an answer (deferred constraints, serialization), unless it was its last breath
    const answered = error instanceof DatabaseError && error.sqlstate !== null && !error.broken;
    throw answered ? error : new LostCommit(mark, value);
  });
  requireCommitted(result);
}
