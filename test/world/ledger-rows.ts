/** The part of the factory that makes rows with their raw cells, faults and operations. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../src/db/pool.ts';
import type { Bucket } from '../../src/ledger/buckets.ts';

/** Values of columns, by name; whatever is left out gets something that fits. */
export type Columns = Readonly<Record<string, unknown>>;

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
export async function insert(
  client: Client,
  table: string,
  columns: Columns,
  returning: string,
): Promise<unknown> {
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
export const next = (): number => ++counter;

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

/** The file that rows are made for. */
export interface Target {
  readonly id: number;
  readonly run: string;
  readonly table: string;
  readonly header: readonly string[];
  readonly asCells: boolean;
  readonly owner: Columns;
}

export async function makeRow(
  client: Client,
  file: Target,
  record: number,
  spec: RowSpec,
): Promise<number | null> {
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
