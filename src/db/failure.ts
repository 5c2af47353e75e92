import pg from 'pg';
import type { Code } from '../ground/catalogue.ts';
import { PointferryError } from '../ground/errors.ts';
import { type ExitCode, exit } from '../ground/exit.ts';

/**
 * What a failure of the database means for whoever waits for it. `retry` is decided from this and nothing else:
 *  - `conflict`   two transactions met (deadlock, serialization): the whole transaction runs again;
 *  - `connection` the server, or the way to it, went away: again once it answers;
 *  - `busy`       no connection free, here or there: again a little later;
 *  - `timeout`    a statement, a lock or an idle transaction took longer than allowed;
 *  - `full`       disk, memory or a configured limit of the server is exhausted;
 *  - `refused`    credentials, rights, a database that is not there: a person must act;
 *  - `statement`  anything else a statement can do wrong.
 */
export type FailureKind = 'conflict' | 'connection' | 'busy' | 'timeout' | 'full' | 'refused' | 'statement';

/** Exact SQLSTATEs first, then their class (two characters). PostgreSQL documentation, appendix A. */
const kinds: Readonly<Record<string, FailureKind>> = {
  '40001': 'conflict', // serialization_failure
  '40P01': 'conflict', // deadlock_detected
  '57P01': 'connection', // admin_shutdown: pg_terminate_backend, a fast stop
  '57P02': 'connection', // crash_shutdown
  '57P03': 'connection', // cannot_connect_now: starting up, or shutting down
  '57P05': 'connection', // idle_session_timeout
  '25006': 'connection', // read_only_sql_transaction: a primary that became a standby
  '53300': 'busy', // too_many_connections
  '57014': 'timeout', // query_canceled: statement_timeout
  '55P03': 'timeout', // lock_not_available: lock_timeout
  '25P03': 'timeout', // idle_in_transaction_session_timeout
  '25P04': 'timeout', // transaction_timeout
  '42501': 'refused', // insufficient_privilege
  '3D000': 'refused', // invalid_catalog_name
  '08': 'connection',
  '28': 'refused',
  '53': 'full',
  '58': 'full', // system errors of the server: I/O, missing files
};

const codes: Readonly<Record<FailureKind, readonly [Code, ExitCode]>> = {
  conflict: ['CONFIG_DATABASE_BUSY', exit.fatal],
  busy: ['CONFIG_DATABASE_BUSY', exit.fatal],
  timeout: ['CONFIG_DATABASE_BUSY', exit.fatal],
  connection: ['CONFIG_DATABASE_DOWN', exit.fatal],
  full: ['CONFIG_DATABASE_FULL', exit.fatal],
  refused: ['CONFIG_DATABASE', exit.config],
  statement: ['CONFIG_DATABASE_STATEMENT', exit.bug],
};

/**
 * A failure of Postgres or of the way to it. Keeps what is safe to print: never the server's `detail`, `where`,
 * `hint` or a quoted value, all of which hold cells of people's files.
 */
export class DatabaseError extends PointferryError {
  readonly kind: FailureKind;
  /** Five characters, or null where the failure was ours or the network's. */
  readonly sqlstate: string | null;
  readonly constraint: string | null;
  /** 1-based character position in the statement, as Postgres reports it. */
  readonly position: number | null;
  /** True when the connection cannot be used again. */
  readonly broken: boolean;
  constructor(
    kind: FailureKind,
    message: string,
    facts: { sqlstate?: string; constraint?: string; position?: number; broken?: boolean } = {},
  ) {
    const [code, exitCode] = codes[kind];
    super(code, message, { exitCode });
    this.kind = kind;
    this.sqlstate = facts.sqlstate ?? null;
    this.constraint = facts.constraint ?? null;
    this.position = facts.position ?? null;
    this.broken = facts.broken ?? false;
  }

  /** The same failure under another message. */
  saying(message: string): DatabaseError {
    const { sqlstate, constraint, position, broken } = this;
    return new DatabaseError(this.kind, message, {
      broken,
      ...(sqlstate === null ? {} : { sqlstate }),
      ...(constraint === null ? {} : { constraint }),
      ...(position === null ? {} : { position }),
    });
  }
}

/** A COMMIT was sent, its answer never came, and what became of it could not be found out. */
export class CommitUnknown extends PointferryError {
  constructor() {
    super('CONFIG_DATABASE_COMMIT', 'the connection was lost while a transaction was being committed');
  }
}

/** True for a DatabaseError, of that SQLSTATE where one is named. */
export function isDatabaseError(error: unknown, sqlstate?: string): error is DatabaseError {
  return error instanceof DatabaseError && (sqlstate === undefined || error.sqlstate === sqlstate);
}

/** Turns whatever `pg` threw into a DatabaseError; errors thrown on purpose pass as they are. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof PointferryError) return error;
  if (error instanceof pg.DatabaseError) return fromServer(error);
  if (error instanceof Error && isNetwork(error)) return fromNetwork(error);
  return error;
}

function fromServer(error: pg.DatabaseError): DatabaseError {
  const sqlstate = error.code ?? 'XX000';
  const kind = kinds[sqlstate] ?? kinds[sqlstate.slice(0, 2)] ?? 'statement';
  const fatal = error.severity === 'FATAL' || error.severity === 'PANIC';
  const position = Number(error.position);
  return new DatabaseError(kind, `${withoutValues(error.message, sqlstate)} (${sqlstate})`, {
    sqlstate,
    broken: fatal || kind === 'connection',
    ...(error.constraint === undefined ? {} : { constraint: error.constraint }),
    ...(Number.isSafeInteger(position) && position > 0 ? { position } : {}),
  });
}

/**
 * Class 22 (data exceptions) quotes the value in the primary message itself: `invalid input syntax for type date:
 * "…"`. Quotes differ by the server's language, so everything from the first quote or colon on goes.
 */
function withoutValues(message: string, sqlstate: string): string {
  if (!sqlstate.startsWith('22')) return message;
  return message.replace(/[\s:]*[:"'«„“‘`].*$/s, ' …');
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // a unix socket that is not there
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** What `pg` and `pg-pool` say in words only; they give these no code. */
const networkWords =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL)/;

function isNetwork(error: Error): boolean {
  return networkWords.test(error.message) || networkCodes.has(codeOf(error));
}

/** A refused connect to a name with several addresses is an AggregateError with an empty message. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return '';
}

function fromNetwork(error: Error): DatabaseError {
  if (error.message.startsWith('timeout exceeded when trying to connect')) {
    return new DatabaseError('busy', 'no database connection became free in time');
  }
  if (error.message.startsWith('Query read timeout')) {
    return new DatabaseError('connection', 'the database did not answer a statement in time', {
      broken: true,
    });
  }
  const code = codeOf(error);
  return new DatabaseError('connection', `the database does not answer: ${code || error.message}`, {
    broken: true,
  });
}
