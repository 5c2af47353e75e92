/**
 * Makes any state of the ledger, for tests: accounts, runs, files with their raw tables, rows in any bucket,
 * operations, attempts. It writes what the stages would have written, and nothing that the ledger refuses.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type Db, withClient } from '../../src/db/pool.ts';
import { add } from '../../src/ground/decimal.ts';
import { type Columns, insert, makeRow, next, quoted, type RowSpec } from './ledger-rows.ts';

export type { FaultSpec, RowSpec } from './ledger-rows.ts';

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

/** A finished run unless `columns` says otherwise. Gives its id. */
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
  await withClient(db, (client) => insert(client, 'run', row, 'id'));
  return id;
}

/** A staged file with its raw table and rows. Records count from 1, lines from 2. */
export async function makeFile(db: Db, run: string, spec: FileSpec = {}): Promise<MadeFile> {
  const header = spec.header ?? ['transaction_id', 'member_id', 'type', 'occurred_at', 'line_amount'];
  const rows = spec.rows ?? [];
  return await withClient(db, async (client) => {
    const { rows: found } = await client.query(
      'select account, pipeline, kind, seq, (select count(*) from pointferry.file where run = r.id) as files from pointferry.run r where id = $1',
      [run],
    );
    const owner = found[0] ?? {};
    const table = `raw_${run}_${next()}`;
    const columns = header.map((_, index) => `c${index + 1}`);
    const raw = spec.asCells ? ['_cells text[]'] : columns.map((name) => `${quoted(name)} text`);
    await client.query(
      `create table pointferry_staging.${quoted(table)} (${['_record bigint', '_line bigint', ...raw].join(', ')})`,
    );
    const id = Number(
      await insert(
        client,
        'file',
        {
          run,
          account: owner.account,
          pipeline: owner.pipeline,
          place: Number(owner.files) + 1,
          name: `pos_${next()}.csv`,
          path: '/in',
          sha256: hash(randomUUID()),
          content_sha256: hash(randomUUID()),
          bytes: 1000,
          records: rows.length,
          verdict: 'staged',
          raw_table: table,
          header,
          raw_columns: spec.asCells ? header.map((_, index) => index + 1) : columns,
          amounts: stagedAmounts(rows),
          normalized_at: '2026-05-12T07:37:00Z',
          ...spec.columns,
        },
        'id',
      ),
    );
    const target = { id, run, table, header, asCells: spec.asCells === true, owner };
    const operations: (number | null)[] = [];
    for (const [index, row] of rows.entries()) operations.push(await makeRow(client, target, index + 1, row));
    return { id, operations };
  });
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
  await withClient(db, (client) => insert(client, 'attempt', row, 'id'));
}

export async function makeRerun(
  db: Db,
  of: readonly string[],
  rows: readonly (readonly [file: number, record: number])[],
): Promise<string> {
  const run = await makeRun(db, { mode: 'rerun', scope: 'rerun', of });
  await withClient(db, async (client) => {
    for (const [file, record] of rows) await insert(client, 'rerun_row', { run, file, record }, 'record');
  });
  return run;
}

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
