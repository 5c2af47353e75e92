/**
 * What the meaning of our statements depends on and a server, a database or a role may set otherwise is stated here, and
 * nowhere else: every statement runs in a transaction that begins with this. Pooling is why: a pooler in transaction mode
 * refuses startup parameters and hands session settings to strangers.
 */

export interface Begin {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionMs: number;
  /** Off: the last moments before a crash of the server may be lost. */
  readonly syncCommit: boolean;
  readonly isolation: 'read committed' | 'repeatable read' | 'serializable';
  /** False leaves it to `default_transaction_read_only`, which a person may have set for a reason: see read-only.ts. */
  readonly readOnly: boolean;
}

/** Not here, since nothing of ours can see them: how plans are made, formats of money and month names, XML, row security. */
const pinned = [
  'quote_all_identifiers = off',
  // names: pg_catalog comes first by itself; nobody's schema can put a function of its own before `lower`
  'search_path = public',
  // what texts in statements mean; bodies of functions are read anew in every session
  'standard_conforming_strings = on',
  'backslash_quote = safe_encoding',
  'escape_string_warning = on',
  'transform_null_equals = off',
  'array_nulls = on',
  // how cells come back
  "timezone = 'UTC'",
  "datestyle = 'ISO, YMD'",
  "intervalstyle = 'postgres'",
  'bytea_output = hex',
  'extra_float_digits = 1',
]
  .map((setting) => `set local ${setting}`)
  .join('; ');

/** PostgreSQL 17 and newer: a limit over the whole transaction, where ours are per statement. */
const noTransactionTimeout = `select set_config('transaction_timeout', '0', true) where current_setting('server_version_num')::int >= 170000`;

/** One message: begins a transaction and pins what its statements depend on. */
export function beginText(how: Begin): string {
  const mode = how.readOnly ? ', read only' : '';
  return [
    `begin isolation level ${how.isolation}${mode}`,
    `set local statement_timeout = ${how.statementTimeoutMs}`, // first: what follows must not run out of the database's own
    pinned,
    `set local lock_timeout = ${how.lockTimeoutMs}`,
    `set local idle_in_transaction_session_timeout = ${how.idleInTransactionMs}`,
    `set local synchronous_commit = ${how.syncCommit ? 'on' : 'off'}`,
    noTransactionTimeout,
  ].join('; ');
}
