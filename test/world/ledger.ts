/**
 * Any state of the ledger, for tests: accounts, runs, files with their raw tables, rows in any bucket, operations and
 * attempts. It writes what the steps of a run would have written, and nothing that the ledger refuses.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type Client, type Db, withClient } from '../../src/db/pool.ts';
import { add } from '../../src/ground/decimal.ts';
import { type Columns, insertRow, insertRows, next } from './insert.ts';
import { makeRows, type RowSpec } from './ledger-rows.ts';

export interface FileSpec {
  readonly header?: readonly string[];
  readonly rows?: readonly RowSpec[];
  /** Keeps cells in one `_cells text[]`, as stage does beyond 300 columns. */
  readonly asCells?: boolean;
  /** Columns of pointferry.file; `records` and `amounts` follow from the rows unless stated. */
  readonly columns?: Columns;
}

export interface MadeFile {
  readonly id: number;
  /** By record, from 1; null where the row has none. */
  readonly operations: readonly (number | null)[];
}

export async function makeAccount(db: Db, name = 'hang-test', columns: Columns = {}): Promise<string> {
  await withClient(db, (client) =>
    client.query(
      `insert into pointferry.account (name, platform, stage) values ($1, $2, $3) on conflict (name) do nothing`,
      [name, columns.platform ?? 'hang', columns.stage ?? 'sandbox'],
    ),
  );
  return name;
}

/** Columns of a run that is under way. */
export const running: Columns = { status: 'running', exit_code: null, finished_at: null };

/** A definition of the usual shape; amounts in USD. */
export const definition = {
  account: 'hang-test',
  operation: 'hang.activity',
  columns: {
    member: { from: 'member_id', as: 'text', via: 'crosswalk' },
    activity_type_id: { from: 'type' },
    value: { sum: 'line_amount', as: 'decimal' },
    transaction_timestamp: { from: 'occurred_at', as: 'timestamp' },
  },
  identity: { source: 'pos', columns: ['transaction_id'] },
  amount: { from: 'line_amount', per: 'row', currency: 'USD' },
};

export const accountDefinition = {
  platform: 'hang',
  stage: 'sandbox',
  baseUrl: 'http://127.0.0.1',
  windows: [{ limit: 50, per: '1s' }],
  maxInFlight: 8,
};

/** A finished run unless `columns` says otherwise. Returns its id. */
export async function makeRun(db: Db, columns: Columns = {}): Promise<string> {
  const account = await makeAccount(db, String(columns.account ?? 'hang-test'));
  const id = String(columns.id ?? `r${next().toString(36).padStart(4, '0')}`);
  const row = {
    id,
    pipeline: 'pos-transactions',
    account,
    kind: 'hang.activity',
    scope: 'nightly',
    mode: 'run',
    actor: 'tester',
    definition,
    definition_hash: 'd1',
    account_definition: accountDefinition,
    folder: `/nowhere/${id}`,
    stage: 'done',
    status: 'completed',
    exit_code: 0,
    started_at: '2026-05-12T07:36:00Z',
    finished_at: '2026-05-12T07:46:31Z',
    ...columns,
  };
  await withClient(db, (client) => insertRow(client, 'run', row, 'id'));
  return id;
}

/**
 * A file of a run with its rows, and with a raw table where it is `staged` (the default verdict). Records count from 1,
 * lines from 2.
 */
export async function makeFile(db: Db, run: string, spec: FileSpec = {}): Promise<MadeFile> {
  const { header = usualHeader, rows = [], asCells = false, columns = {} } = spec;
  return await withClient(db, async (client) => {
    const owner = await ownerOf(client, run);
    const place = Number(owner.files) + 1;
    const table = `raw_${run}_${next()}`;
    const staged = (columns.verdict ?? 'staged') === 'staged';
    const rawColumns = header.map((_name, i) => (asCells ? i + 1 : `c${i + 1}`));
    const stagedColumns = {
      records: rows.length,
      raw_table: table,
      header,
      raw_columns: rawColumns,
      bound: Object.fromEntries(header.map((name, i) => [name, rawColumns[i]])),
      amounts: stagedAmounts(rows),
      normalized_at: '2026-05-12T07:37:00Z',
    };
    const row = {
      run,
      account: owner.account,
      pipeline: owner.pipeline,
      place,
      name: `pos_${next()}.csv`,
      path: '/in',
      sha256: hash(randomUUID()),
      content_sha256: hash(randomUUID()),
      bytes: 1000,
      verdict: 'staged',
      ...(staged ? stagedColumns : {}),
      ...columns,
    };
    const id = Number(await insertRow(client, 'file', row, 'id'));
    if (!staged) return { id, operations: [] };
    const raw = asCells ? ['_cells text[]'] : rawColumns.map((name) => `${name} text`);
    await client.query(
      `create table pointferry_staging.${table} (${['_record bigint', '_line bigint', ...raw].join(', ')})`,
    );
    const operations = await makeRows(client, { id, run, place, table, header, asCells, owner }, rows);
    return { id, operations };
  });
}

const usualHeader = ['transaction_id', 'member_id', 'type', 'occurred_at', 'line_amount'];

/** What files and operations repeat of their run, and how many files it has. */
export async function ownerOf(client: Client, run: string): Promise<Columns> {
  const { rows } = await client.query<Columns>(
    `select account, pipeline, kind, seq, (select count(*) from pointferry.file where run = r.id) as files
     from pointferry.run r where id = $1`,
    [run],
  );
  const [owner] = rows;
  if (owner === undefined) throw new Error(`no run ${run}`);
  return owner;
}

/** One request of an operation, answered unless `columns` says otherwise. */
export async function makeAttempt(
  db: Db,
  operation: number,
  run: string,
  columns: Columns = {},
): Promise<void> {
  const outcome = columns.outcome === undefined ? 'delivered' : columns.outcome;
  const row = {
    operation,
    revision: 0,
    n: next(),
    run,
    token: 1,
    method: 'POST',
    url: 'http://127.0.0.1:1/partner-api/v2/program-memberships/mem_1/activities',
    body: '{}',
    body_hash: 'h',
    intended_at: '2026-05-12T07:40:00Z',
    ended_at: outcome === null ? null : '2026-05-12T07:40:00.084Z',
    outcome,
    http_status: 200,
    ms: 84,
    ...columns,
  };
  await withClient(db, (client) => insertRow(client, 'attempt', row, 'id'));
}

/** A rerun of rows of other runs. */
export async function makeRerun(
  db: Db,
  of: readonly string[],
  rows: readonly RerunRow[],
  columns: Columns = {},
): Promise<string> {
  const run = await makeRun(db, { mode: 'rerun', scope: 'rerun', of, ...columns });
  const selected = rows.map(([file, record, edits = null]) => ({ run, file, record, edits }));
  await withClient(db, (client) => insertRows(client, 'rerun_row', selected, 'record'));
  return run;
}

/** `edits`: cells that somebody changed before the rerun. */
export type RerunRow = readonly [file: number, record: number, edits?: Readonly<Record<string, string>>];

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What stage would have summed: rows that have cells, by currency. */
function stagedAmounts(rows: readonly RowSpec[]): Record<string, unknown> {
  const sums: Record<string, { sum: string; rows: number; unreadable: number }> = {};
  for (const row of rows) {
    if (row.damaged || (row.amount == null && !row.unreadable)) continue;
    const currency = row.currency ?? 'USD';
    const known = sums[currency] ?? { sum: '0', rows: 0, unreadable: 0 };
    sums[currency] = {
      sum: add(known.sum, row.amount ?? '0'),
      rows: known.rows + 1,
      unreadable: known.unreadable + (row.unreadable ? 1 : 0),
    };
  }
  return sums;
}
