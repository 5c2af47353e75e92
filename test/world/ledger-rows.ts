/** Rows of a file in any bucket, with their raw cells, faults and operations. */
import { randomUUID } from 'node:crypto';
import { copyRows } from '../../src/db/copy.ts';
import type { Client } from '../../src/db/pool.ts';
import type { Bucket } from '../../src/ledger/buckets.ts';
import { bytea, type Columns, insertRows, next } from './insert.ts';

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

/** The file that rows are made for. */
export interface Target {
  readonly id: number;
  readonly run: string;
  readonly place: number;
  readonly table: string;
  readonly header: readonly string[];
  readonly asCells: boolean;
  /** Columns of its run. */
  readonly owner: Columns;
}

/** The state that puts a row of an operation into a bucket. */
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

interface Numbered extends RowSpec {
  readonly record: number;
}

/** Records are numbered from 1. Returns their operations, null where a row has none. */
export async function makeRows(
  client: Client,
  file: Target,
  specs: readonly RowSpec[],
): Promise<(number | null)[]> {
  const numbered = specs.map((spec, i) => ({ ...spec, record: i + 1 }));
  await copyCells(client, file, numbered);
  const rows = numbered.filter(({ bucket }) => bucket !== 'raw');
  const sending = rows.filter((row) => row.of === undefined && !isOurs(row));
  const ids = await makeOperations(
    client,
    file,
    sending.map(({ record, bucket = 'delivered', operation = {} }) => ({
      record,
      state: stateOf[bucket as Bucket] ?? 'ready',
      ...operation,
    })),
  );
  const made = new Map(sending.map(({ record }, i) => [record, ids[i] ?? null]));
  const operationOf = (row: Numbered): number | null => row.of?.operation ?? made.get(row.record) ?? null;
  await insertRows(
    client,
    'row',
    rows.map((row) => rowColumns(file, row, operationOf(row))),
    'record',
  );
  await insertRows(
    client,
    'row_error',
    rows.flatMap((row) => faultColumns(file, row)),
    'n',
  );
  const damaged = rows.flatMap(({ record, damaged: raw }) =>
    raw === undefined ? [] : [{ file: file.id, record, raw: bytea(raw) }],
  );
  await insertRows(client, 'damaged', damaged, 'record');
  return numbered.map(operationOf);
}

const isOurs = ({ bucket }: RowSpec): boolean => bucket === 'rejected' || bucket === 'filtered';
const lineOf = ({ line, record }: Numbered): number => line ?? record + 1;

function rowColumns(file: Target, row: Numbered, operation: number | null): Columns {
  const { bucket = 'delivered', amount = null, unreadable = false } = row;
  const role = isOurs(row) ? bucket : (row.of?.role ?? (bucket === 'duplicate' ? 'joins' : 'carries'));
  const hasAmount = amount !== null || unreadable;
  return {
    file: file.id,
    record: row.record,
    line: lineOf(row),
    role,
    operation,
    replaced: row.replaced ?? false,
    group_key: row.group ?? null,
    amount,
    currency: row.currency === undefined ? (hasAmount ? 'USD' : null) : row.currency,
    unreadable,
    corrected: row.corrected ?? null,
  };
}

const faultColumns = (file: Target, { record, errors = [] }: Numbered): Columns[] =>
  errors.map(({ code, stage = 'normalize', field = '', value = null, reason = 'because' }, index) => ({
    file: file.id,
    record,
    n: index + 1,
    stage,
    code,
    field,
    value,
    reason,
    run: file.run,
  }));

async function copyCells(client: Client, file: Target, rows: readonly Numbered[]): Promise<void> {
  const parsed = rows.filter(({ damaged, cells }) => damaged === undefined && cells !== null);
  const lines = parsed.map((row) => {
    const cells = file.header.map((_name, i) =>
      row.cells ? (row.cells[i] ?? null) : `cell ${row.record}.${i + 1}`,
    );
    return [String(row.record), String(lineOf(row)), ...(file.asCells ? [arrayOf(cells)] : cells)];
  });
  const columns = file.asCells ? ['_cells'] : file.header.map((_name, i) => `c${i + 1}`);
  await copyRows(client, ['pointferry_staging', file.table], ['_record', '_line', ...columns], lines);
}

const arrayOf = (cells: readonly (string | null)[]): string =>
  `{${cells.map((cell) => (cell === null ? 'NULL' : `"${cell.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;

/** The file that operations are made for. */
export type Origin = Pick<Target, 'id' | 'run' | 'place' | 'owner'>;

/** From columns of operations; what is left out gets something that fits the state. Returns their ids, in order. */
export async function makeOperations(
  client: Client,
  file: Origin,
  specs: readonly Columns[],
  subjectType = 'member',
): Promise<number[]> {
  const rows = specs.map((spec) => operationColumns(file, spec));
  const lanes = await makeLanes(client, String(file.owner.account), subjectType, rows);
  const laned = rows.map((row) => ({ ...row, lane: lanes.get(row.subject) ?? null }));
  return (await insertRows(client, 'operation', laned, 'id')).map(Number);
}

/** Lanes of the subjects, those included that are there already. */
async function makeLanes(
  client: Client,
  account: string,
  subjectType: string,
  operations: readonly Columns[],
): Promise<ReadonlyMap<unknown, number>> {
  const subjects = [...new Set(operations.map(({ subject }) => subject))].filter(
    (subject) => subject !== null,
  );
  const values = [account, subjectType, subjects];
  await client.query(
    `insert into pointferry.lane (account, subject_type, subject)
     select $1, $2, unnest($3::text[]) on conflict do nothing`,
    values,
  );
  const { rows } = await client.query<{ id: number; subject: string }>(
    `select id, subject from pointferry.lane where account = $1 and subject_type = $2 and subject = any ($3::text[])`,
    values,
  );
  return new Map(rows.map(({ id, subject }) => [subject, id]));
}

function operationColumns(file: Origin, spec: Columns): Columns {
  const state = String(spec.state ?? 'ready');
  const parked = state === 'parked';
  return {
    account: file.owner.account,
    kind: file.owner.kind,
    nature: 'event',
    pipeline: file.owner.pipeline,
    run: file.run,
    file: file.id,
    identity: `pos:${randomUUID()}`,
    subject: parked ? null : `mem_${next()}`,
    member_key: '8812345612',
    member_key_type: 'id',
    version_at: '2026-05-11T14:02:00Z',
    run_seq: file.owner.seq,
    file_place: file.place,
    key: parked ? null : randomUUID(),
    content: 'c',
    content_recipe: 1,
    payload: { value: '1.00' },
    state,
    settled_at: settled.has(state) ? '2026-05-12T07:40:00Z' : null,
    code: codeOf[state] ?? null,
    parked_at: parked ? '2026-05-12T07:37:00Z' : null,
    park_until: parked ? '2026-06-11T07:37:00Z' : null,
    ...spec,
  };
}
