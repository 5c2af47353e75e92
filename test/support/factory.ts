/**
 * Makes any state of the ledger, for tests: accounts, runs, files with their raw tables, rows in any bucket,
 * operations, attempts. It writes what the stages would have written, and nothing that the ledger refuses.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type Client, type Db, withClient } from '../../src/db/pool.ts';
import type { Bucket } from '../../src/report/buckets.ts';
import { add } from '../../src/report/decimal.ts';

/** Values of columns, by name; whatever is left out gets something that fits. */
type Columns = Readonly<Record<string, unknown>>;

export interface FaultSpec {
  readonly code: string;
  readonly stage?: 'stage' | 'normalize';
  readonly field?: string;
  readonly value?: string | null;
  readonly reason?: string;
}

export interface RowSpec {
  /** Null for a record that could not be parsed. */
  readonly cells?: readonly (string | null)[] | null;
  /** `raw`: normalize has not reached it. */
  readonly bucket?: Bucket | 'raw';
  readonly amount?: string | null;
  readonly currency?: string | null;
  readonly unreadable?: boolean;
  readonly corrected?: string | null;
  readonly line?: number;
  readonly group?: string;
  readonly errors?: readonly FaultSpec[];
  /** Bytes of a damaged record. */
  readonly damaged?: Buffer;
  /** Columns of its operation. */
  readonly operation?: Columns;
  /** An operation that is there already, which this row carries or joins. */
  readonly of?: { readonly operation: number; readonly role: 'carries' | 'joins' };
  readonly replaced?: boolean;
}

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

const json = (value: unknown): string => JSON.stringify(value);
const jsonColumns = new Set([
  'definition',
  'account_definition',
  'options',
  'seconds',
  'carried',
  'skipped',
  'header',
]);
for (const name of ['raw_columns', 'amounts', 'payload', 'headers', 'edits']) jsonColumns.add(name);

/** Inserts one row and gives the column asked for. */
async function insert(client: Client, table: string, columns: Columns, returning: string): Promise<unknown> {
  const names = Object.keys(columns);
  const values = names.map((name) => (jsonColumns.has(name) ? json(columns[name]) : columns[name]));
  const { rows } = await client.query(
    `insert into pointferry.${table} (${names.join(', ')})
     values (${names.map((_, index) => `$${index + 1}`).join(', ')}) returning ${returning}`,
    values,
  );
  return rows[0]?.[returning];
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

let counter = 0;
const next = (): number => ++counter;

/** The state that puts a row of an operation into a bucket, and whether the row carries it or joins it. */
const stateOf: Readonly<Partial<Record<Bucket, string>>> = {
  delivered: 'delivered',
  unchanged: 'unchanged',
  duplicate: 'delivered',
  failed: 'failed',
  unknown: 'unknown',
  parked: 'parked',
  pending: 'ready',
};
const settled = new Set(['delivered', 'unchanged', 'superseded', 'failed', 'unknown', 'rejected']);
const codeOf: Readonly<Record<string, string>> = {
  failed: 'PUSH_REFUSED',
  unknown: 'PUSH_OUTCOME_UNKNOWN',
  rejected: 'NORMALIZE_MEMBER_UNKNOWN',
};

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
    account_definition: { windows: [{ limit: 50, per: '1s' }], maxInFlight: 8 },
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

interface Target {
  readonly id: number;
  readonly run: string;
  readonly table: string;
  readonly header: readonly string[];
  readonly asCells: boolean;
  readonly owner: Columns;
}

async function makeRow(client: Client, file: Target, record: number, spec: RowSpec): Promise<number | null> {
  const bucket = spec.bucket ?? 'delivered';
  const line = spec.line ?? record + 1;
  if (!spec.damaged && spec.cells !== null) await makeRaw(client, file, record, line, spec.cells);
  if (bucket === 'raw') return null;
  const ours = bucket === 'rejected' || bucket === 'filtered';
  const operation =
    spec.of?.operation ?? (ours ? null : await makeOperation(client, file, record, bucket, spec.operation));
  await insert(
    client,
    'row',
    {
      file: file.id,
      record,
      line,
      role: ours ? bucket : (spec.of?.role ?? (bucket === 'duplicate' ? 'joins' : 'carries')),
      operation,
      replaced: spec.replaced ?? false,
      group_key: spec.group ?? null,
      amount: spec.amount ?? null,
      currency:
        spec.currency === undefined
          ? spec.amount == null && !spec.unreadable
            ? null
            : 'USD'
          : spec.currency,
      unreadable: spec.unreadable ?? false,
      corrected: spec.corrected ?? null,
    },
    'record',
  );
  for (const [index, fault] of (spec.errors ?? []).entries()) {
    const { code, stage = 'normalize', field = '', value = null, reason = 'because' } = fault;
    await insert(
      client,
      'row_error',
      { file: file.id, record, n: index + 1, stage, code, field, value, reason, run: file.run },
      'n',
    );
  }
  if (spec.damaged) await insert(client, 'damaged', { file: file.id, record, raw: spec.damaged }, 'record');
  return operation;
}

async function makeRaw(
  client: Client,
  file: Target,
  record: number,
  line: number,
  cells: RowSpec['cells'],
): Promise<void> {
  const values = file.header.map(
    (_, index) => cells?.[index] ?? (cells ? null : `cell ${record}.${index + 1}`),
  );
  const parts = file.asCells ? ['$3::text[]'] : values.map((_, index) => `$${index + 3}`);
  await client.query(
    `insert into pointferry_staging.${quoted(file.table)} values (${['$1', '$2', ...parts].join(', ')})`,
    [record, line, ...(file.asCells ? [values] : values)],
  );
}

async function makeOperation(
  client: Client,
  file: Target,
  record: number,
  bucket: Bucket,
  columns: Columns = {},
): Promise<number> {
  const state = String(columns.state ?? stateOf[bucket] ?? 'ready');
  const parked = state === 'parked';
  const subject = parked ? null : String(columns.subject ?? `mem_${next()}`);
  const lane = parked
    ? null
    : await insert(
        client,
        'lane',
        { account: file.owner.account, subject_type: 'member', subject: `${subject}-${next()}` },
        'id',
      );
  return Number(
    await insert(
      client,
      'operation',
      {
        account: file.owner.account,
        kind: file.owner.kind,
        nature: 'event',
        pipeline: file.owner.pipeline,
        run: file.run,
        file: file.id,
        record,
        identity: `pos:${randomUUID()}`,
        subject,
        lane,
        member_key: '8812345612',
        member_key_type: 'id',
        version_at: '2026-05-11T14:02:00Z',
        run_seq: file.owner.seq,
        file_place: 1,
        key: parked ? null : randomUUID(),
        content: 'c',
        content_recipe: 1,
        payload: { value: '1.00' },
        state,
        settled_at: settled.has(state) ? '2026-05-12T07:40:00Z' : null,
        code: codeOf[state] ?? null,
        parked_at: parked ? '2026-05-12T07:37:00Z' : null,
        park_until: parked ? '2026-06-11T07:37:00Z' : null,
        ...columns,
      },
      'id',
    ),
  );
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
