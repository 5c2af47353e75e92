import pg from 'pg';
import { PointferryError } from '../ground/errors.ts';
import { beginText } from './begin.ts';
import { DatabaseError, toDatabaseError } from './failure.ts';
import { isReadOnly, whyReadOnly } from './read-only.ts';
import { typeParsers } from './types.ts';

export interface DbOptions {
  /** Most connections held at once. */
  readonly max: number;
  /** Until a connection must be there, new or freed by another. */
  readonly connectTimeoutMs: number;
  /** Default of `set local statement_timeout`; the client gives up 5 s later by itself. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionMs: number;
  /** How long a transaction that lost its connection waits for the server to come back before it runs again. */
  readonly reconnectMs: number;
  /** Told of connections that died while idle; they are already gone from the pool. */
  readonly onIdleError: (error: DatabaseError) => void;
}

const defaults: DbOptions = {
  max: 8,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 10_000,
  // below the lease (45 s): a process that stands still gives up its locks before it is taken over
  idleInTransactionMs: 30_000,
  reconnectMs: 30_000,
  onIdleError: () => undefined,
};

/** The one way to Postgres. Everything goes through `withClient` and `inTransaction`; nobody else touches the pool. */
export interface Db {
  readonly pool: pg.Pool;
  readonly options: DbOptions;
  /** Host, port and database, without credentials: safe to print. */
  readonly label: string;
  /** Waits for clients that are checked out, then closes all. Twice is fine. */
  close(): Promise<void>;
}

export interface Result<R> {
  readonly rows: R[];
  /** Rows touched or returned; 0 where the command has no count. */
  readonly rowCount: number;
  /** The command's tag: SELECT, COMMIT, ... */
  readonly command: string;
}

/** A checked-out connection. Errors are `DatabaseError`. */
export interface Client {
  /** `R` is the caller's word for the shape of a row; see types.ts for how cells come back. */
  query<R = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    options?: { timeoutMs?: number },
  ): Promise<Result<R>>;
  /** For stream protocols (COPY) only. */
  readonly raw: pg.PoolClient;
  /** The client gives up on a statement after this long; `inTransaction` sets it from its statement timeout. */
  timeoutMs: number;
}

/** Slack between the server's statement_timeout and ours: the server's is the clean one and must win. */
export const clientSlackMs = 5_000;

/**
 * Opens a pool; connects lazily. Sends no startup parameter beyond user, database, encoding and application_name, so
 * that pgbouncer in transaction mode works: timeouts are `set local` in `inTransaction`. Throws CONFIG_DATABASE.
 */
export function openDatabase(url: string | { readonly url: string }, options: Partial<DbOptions> = {}): Db {
  const connectionString = typeof url === 'string' ? url : url.url;
  // said here, since the error of a malformed URL carries the URL, password and all
  if (!URL.canParse(withHost(connectionString)))
    throw new PointferryError('CONFIG_DATABASE', 'the database URL is not a URL');
  const all = { ...defaults, ...options };
  const pool = new pg.Pool({
    connectionString,
    max: all.max,
    connectionTimeoutMillis: all.connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    // libuv then probes every second: a peer that vanished without a word is noticed after some 20 s
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'pointferry',
    types: typeParsers,
  });
  pool.on('error', (error) => {
    const mapped = toDatabaseError(error);
    // `idle_session_timeout` of the database: nothing was lost, and there may be one of these a second
    const hasTimedOut = mapped instanceof DatabaseError && mapped.sqlstate === '57P05';
    if (mapped instanceof DatabaseError && !hasTimedOut) all.onIdleError(mapped);
  });
  // Between a connection's first word and ours there is a moment in which nobody listens: a backend that dies in the same
  // packet that greets would be an uncaught exception. The query that follows finds the connection dead.
  pool.on('connect', (client) => client.on('error', () => undefined));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= pool.end();
    return closing;
  };
  return { pool, options: all, label: labelOf(connectionString), close };
}

/** `postgres://user@/database?host=/run/…` has no host, which libpq takes and URL does not. */
const noHost = 'socket';
const withHost = (url: string): string => url.replace('@/', `@${noHost}/`);

/** `host:port/database` of a connection URL; never user or password. */
export function labelOf(url: string): string {
  try {
    const parsed = new URL(withHost(url));
    const host =
      parsed.hostname === '' || parsed.hostname === noHost
        ? (parsed.searchParams.get('host') ?? 'local socket')
        : parsed.hostname;
    const port = parsed.port === '' ? '' : `:${parsed.port}`;
    return `${decodeURIComponent(host)}${port}${decodeURIComponent(parsed.pathname)}`;
  } catch {
    return 'a database';
  }
}

/**
 * Checks a connection out for the time of `fn`. Listens to its errors (a checked-out client whose backend dies would
 * otherwise end the process), and destroys it instead of giving it back when anything like a connection failure
 * happened, when it did not answer in time, or when a transaction was left open on it.
 *
 * What a statement means here is up to the server's settings: for `src/db` alone, where none of them matters. Throws
 * DatabaseError. `fn` must not use the client after it has returned.
 */
export async function withConnection<T>(db: Db, fn: (client: Client) => Promise<T>): Promise<T> {
  const raw = await connect(db);
  let broken: unknown;
  const listen = (error: Error): void => {
    broken ??= error;
  };
  raw.on('error', listen);
  const client = wrap(raw, db.options.statementTimeoutMs + clientSlackMs, (error) => {
    broken ??= error;
  });
  try {
    return await fn(client);
  } catch (error) {
    const mapped = toDatabaseError(error);
    if (mapped instanceof DatabaseError && mapped.broken) broken ??= mapped;
    throw mapped;
  } finally {
    const unfit = broken !== undefined || raw.getTransactionStatus() !== 'I';
    raw.release(unfit);
    // a polite goodbye would wait for an answer that a half-open connection never gives, and hold the process
    if (unfit) raw.connection.stream.destroy();
    // the pool listens to what it has back; one that is destroyed may still say why, and nobody else would hear it
    else raw.off('error', listen);
  }
}

export interface ClientOptions {
  /** The client gives up on each statement after this long, the beginning included. */
  readonly timeoutMs?: number;
}

/**
 * Runs `fn` once, in a transaction of its own whose settings are ours (begin.ts): for reads, and for single statements
 * that may or may not have happened when an error is thrown. Throws DatabaseError, or what `fn` threw.
 */
export async function withClient<T>(
  db: Db,
  fn: (client: Client) => Promise<T>,
  options: ClientOptions = {},
): Promise<T> {
  return await withConnection(db, async (client) => {
    client.timeoutMs = options.timeoutMs ?? client.timeoutMs;
    const how = { ...db.options, syncCommit: true, isolation: 'read committed', readOnly: false } as const;
    const value = await orRollback(client, async () => {
      await client.query(beginText(how)); // one that fails half way has begun
      return await fn(client);
    });
    requireCommitted(await client.query('commit'));
    return value;
  });
}

/** What `fn` gives; where it throws, the transaction is rolled back first. */
export async function orRollback<T>(client: Client, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate === null && error.broken) throw error; // nobody is there to listen
    // one that fails leaves the connection in a transaction, and `withConnection` then destroys it
    await client.query('rollback', undefined, { timeoutMs: 5_000 }).catch(() => undefined);
    throw isReadOnly(error) ? await whyReadOnly(client, error) : error;
  }
}

/** A transaction in which a statement failed answers COMMIT with ROLLBACK, and no error. */
export function requireCommitted({ command }: Pick<Result<unknown>, 'command'>): void {
  if (command === 'COMMIT') return;
  throw new DatabaseError('statement', 'a transaction was committed although a statement in it had failed');
}

async function connect(db: Db): Promise<pg.PoolClient> {
  try {
    return await db.pool.connect();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** `pg` takes a timeout per query; its types know it per client only. */
interface TimedQuery extends pg.QueryConfig<unknown[]> {
  query_timeout: number;
}

function wrap(raw: pg.PoolClient, timeoutMs: number, onBroken: (error: unknown) => void): Client {
  const client: Client = {
    raw,
    timeoutMs,
    async query<R>(text: string, values?: readonly unknown[], options?: { timeoutMs?: number }) {
      const query_timeout = options?.timeoutMs ?? client.timeoutMs;
      try {
        const config: TimedQuery = { text, query_timeout, ...(values ? { values: [...values] } : {}) };
        // a text of several statements answers with one result for each
        const result: pg.QueryResult | pg.QueryResult[] = await raw.query(config);
        const last = Array.isArray(result) ? result.at(-1) : result;
        if (!last) return { rows: [], rowCount: 0, command: '' };
        return { rows: last.rows as R[], rowCount: last.rowCount ?? 0, command: last.command };
      } catch (error) {
        const mapped = toDatabaseError(error);
        if (mapped instanceof DatabaseError && mapped.broken) onBroken(mapped);
        throw mapped;
      }
    },
  };
  return client;
}
