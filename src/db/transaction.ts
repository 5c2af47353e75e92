import { setTimeout as sleep } from 'node:timers/promises';
import { CommitUnknown, DatabaseError, type FailureKind } from './failure.ts';
import { type Client, clientSlackMs, type Db, withClient } from './pool.ts';

export interface TransactionOptions {
  /** `set local synchronous_commit = on | off`; without it as the server says. */
  readonly syncCommit?: boolean;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
  /**
   * What follows when COMMIT was sent and its answer never came:
   *  - `throw` (default)  CommitUnknown; with `txid: true` it carries the transaction's id for `settleCommit`;
   *  - `settle`           asks the server what became of it: done returns `fn`'s result, undone runs `fn` again;
   *  - `rerun`            runs `fn` again: only for work that may happen twice.
   */
  readonly lostCommit?: 'throw' | 'settle' | 'rerun';
  readonly txid?: boolean;
  /** The same as `lostCommit: 'rerun'`. */
  readonly idempotent?: boolean;
  /** Tries in all, the first included. */
  readonly attempts?: number;
}

/** Runs of one transaction in all, by why the last one failed. Kinds not named are never run again. */
const retried: Partial<Record<FailureKind, number>> = { conflict: 8, connection: 6, busy: 6 };

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
  const lost = options.lostCommit ?? (options.idempotent ? 'rerun' : 'throw');
  for (let attempt = 1; ; attempt++) {
    try {
      return (await once(db, fn, options, lost)).value;
    } catch (error) {
      if (error instanceof CommitUnknown) {
        if (lost === 'throw' || attempt >= (options.attempts ?? 6)) throw error;
        await comeBack(db);
        if (lost === 'settle' && error instanceof LostCommit) {
          const outcome = await settleCommit(db, error.txid);
          if (outcome === 'committed') return error.value as T;
          if (outcome === 'unknown') throw new CommitUnknown(error.txid);
        }
      } else {
        if (!(error instanceof DatabaseError)) throw error;
        if (attempt >= Math.min(options.attempts ?? 8, retried[error.kind] ?? 1)) throw error;
        if (error.kind === 'connection') await comeBack(db);
      }
      await sleep(jitter(attempt));
    }
  }
}

/** Full jitter: anything between 0 and 20 ms doubled per attempt, at most 2 s. */
const jitter = (attempt: number): number => Math.random() * Math.min(2_000, 20 * 2 ** attempt);

/** Waits for a server that restarts; where it does not come back, the next attempt says why. */
const comeBack = (db: Db): Promise<void> =>
  waitForDatabase(db, db.options.reconnectMs).catch(() => undefined);

/** A CommitUnknown that still knows what `fn` had returned. */
class LostCommit extends CommitUnknown {
  readonly value: unknown;
  constructor(txid: string | null, value: unknown) {
    super(txid);
    this.value = value;
  }
}

async function once<T>(
  db: Db,
  fn: (client: Client) => Promise<T>,
  options: TransactionOptions,
  lost: 'throw' | 'settle' | 'rerun',
): Promise<{ value: T }> {
  const statementMs = options.statementTimeoutMs ?? db.options.statementTimeoutMs;
  return await withClient(db, async (client) => {
    client.timeoutMs = statementMs + clientSlackMs;
    await client.query(beginText(db, options, statementMs));
    let value: T;
    let txid: string | null = null;
    try {
      value = await fn(client);
      if (options.txid === true || lost === 'settle') txid = await readTxid(client);
    } catch (error) {
      await rollback(client);
      throw error;
    }
    await commit(client, txid, value);
    return { value };
  });
}

function beginText(db: Db, options: TransactionOptions, statementMs: number): string {
  const modes = [
    options.isolation ? `isolation level ${options.isolation}` : '',
    options.readOnly ? 'read only' : '',
  ].filter((mode) => mode !== '');
  const local: Record<string, string | number> = {
    statement_timeout: statementMs,
    lock_timeout: options.lockTimeoutMs ?? db.options.lockTimeoutMs,
    idle_in_transaction_session_timeout: db.options.idleInTransactionMs,
    // a server, a database or a role may have set these; text and parsers count on them
    timezone: "'UTC'",
    datestyle: "'ISO, YMD'",
    intervalstyle: "'postgres'",
  };
  if (options.syncCommit !== undefined) local.synchronous_commit = options.syncCommit ? 'on' : 'off';
  const settings = Object.entries(local).map(([name, value]) => `set local ${name} = ${value}`);
  return [`begin ${modes.join(', ')}`, ...settings].join('; ');
}

async function readTxid(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ txid: string | null }>(
    'select pg_current_xact_id_if_assigned()::text as txid',
  );
  return rows[0]?.txid ?? null;
}

/** A rollback that fails leaves the connection in a transaction, and `withClient` then destroys it. */
async function rollback(client: Client): Promise<void> {
  await client.query('rollback', undefined, { timeoutMs: 5_000 }).catch(() => undefined);
}

async function commit(client: Client, txid: string | null, value: unknown): Promise<void> {
  const command = await client.query('commit').then(
    (result) => result.command,
    (error: unknown) => {
      // an answer of the server is an answer (deferred constraints, serialization), unless it was its last breath
      const answered = error instanceof DatabaseError && error.sqlstate !== null && !error.broken;
      throw answered ? error : new LostCommit(txid, value);
    },
  );
  // a transaction in which a statement failed answers COMMIT with ROLLBACK, and no error
  if (command !== 'COMMIT') {
    throw new DatabaseError('statement', 'a transaction was committed although a statement in it had failed');
  }
}

/**
 * What became of a transaction whose COMMIT got no answer. `unknown` when it is still in progress at the deadline, or
 * too old for the server to know. A null `txid` is a transaction that wrote nothing: there was nothing to lose.
 *
 * Asks the same server: after a failover to a standby that had not received everything, the answer may be wrong.
 */
export async function settleCommit(
  db: Db,
  txid: string | null,
  deadlineMs = 30_000,
): Promise<'committed' | 'aborted' | 'unknown'> {
  if (txid === null) return 'committed';
  const end = performance.now() + deadlineMs;
  for (let attempt = 1; ; attempt++) {
    await waitForDatabase(db, Math.max(1, end - performance.now()));
    const status = await statusOf(db, txid);
    if (status === 'committed' || status === 'aborted') return status;
    if (status === null || performance.now() >= end) return 'unknown';
    await sleep(jitter(attempt));
  }
}

/** `retry` where the question itself got lost; null where the server has forgotten. */
async function statusOf(db: Db, txid: string): Promise<string | null> {
  try {
    return await withClient(db, async (client) => {
      const { rows } = await client.query<{ status: string | null }>(
        'select pg_xact_status($1::xid8) as status',
        [txid],
      );
      return rows[0]?.status ?? null;
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.kind !== 'statement') return 'retry';
    throw error;
  }
}

/**
 * Waits until the database answers: while it restarts, is starting up, or has no connection free. Throws the last
 * DatabaseError at the deadline, and at once for what waiting does not mend (credentials, no such database).
 */
export async function waitForDatabase(db: Db, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await withClient(db, (client) => client.query('select 1', undefined, { timeoutMs: 5_000 }));
      return;
    } catch (error) {
      const waits = error instanceof DatabaseError && (error.kind === 'connection' || error.kind === 'busy');
      if (!waits || performance.now() >= end) throw error;
      await sleep(Math.min(jitter(attempt) + 20, Math.max(0, end - performance.now())));
    }
  }
}
