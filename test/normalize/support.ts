/** Runs with files in the ledger, as stage leaves them, and what normalize makes of them. */
import { type Client, type Db, withClient } from '../../src/db/pool.ts';
import { loadKinds } from '../../src/destinations/index.ts';
import type { Kind } from '../../src/destinations/kind.ts';
import { rawTable } from '../../src/ledger/raw-table.ts';
import { amountSql } from '../../src/mapping/amount.ts';
import { boundRows } from '../../src/mapping/query.ts';
import { rowsOfRerun, widenSelection } from '../../src/normalize/rows-of-rerun.ts';
import { rowsOfRun } from '../../src/normalize/rows-of-run.ts';
import { type Counts, normalizeRun } from '../../src/normalize/run.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import type { Columns } from '../world/insert.ts';
import { makeFile, makeRerun, makeRun, type RerunRow } from '../world/ledger.ts';
import type { RowSpec } from '../world/ledger-rows.ts';

const kinds = await loadKinds();

export function kindOf(name: string): Kind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

export const account = 'hang-test';

/** Flat transactions: one row, one activity. */
export const flat: Pipeline = {
  account,
  operation: 'hang.activity',
  source: { kind: 'local', path: 'in/*.csv' },
  identity: { source: 'pos', columns: ['transaction_id'] },
  columns: {
    member: { from: 'member_id', via: 'crosswalk', unknown: 'park' },
    activity_type_id: { from: 'type', map: { purchase: 'activity_type_1', gift_card: 'activity_type_9' } },
    value: { from: 'amount' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
  },
  amount: { from: 'amount', currency: 'USD' },
};
export const flatHeader = ['transaction_id', 'member_id', 'type', 'amount', 'at'];

/** The same, one activity per transaction of several lines. */
export const lines: Pipeline = {
  ...flat,
  group: { by: 'transaction_id', take: { at: 'min' } },
  columns: {
    ...flat.columns,
    value: { sum: 'amount' },
    line_items: { item_id: { from: 'sku' }, value: { from: 'amount' } },
  },
};
export const linesHeader = [...flatHeader, 'sku'];

export interface TestFile {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Records (from 1) that could not be parsed; they are not among `rows`, which are numbered around them. */
  readonly damaged?: readonly number[];
  readonly businessDate?: string;
  readonly correctionOf?: number;
  readonly name?: string;
}

export interface TestRun {
  readonly id: string;
  readonly seq: number;
  readonly pipeline: string;
  readonly account: string;
  readonly definition: Pipeline;
  readonly mode: 'run' | 'rerun';
  readonly files: readonly number[];
}

/** Columns of a run that has come to normalize. */
const beforeNormalize: Columns = {
  stage: 'normalize',
  status: 'interrupted',
  exit_code: 4,
  finished_at: null,
  account_definition: {},
};

/** A run whose files are staged. */
export async function stagedRun(
  db: Db,
  definition: Pipeline,
  files: readonly TestFile[],
  pipeline = 'test',
): Promise<TestRun> {
  const { account, operation: kind } = definition;
  const columns = { pipeline, account, kind, definition, business_date: '2026-05-12' };
  const id = await makeRun(db, { ...beforeNormalize, ...columns, started_at: new Date().toISOString() });
  const ids: number[] = [];
  for (const [i, file] of files.entries()) ids.push(await stageFile(db, id, definition, file, i + 1));
  return { id, seq: await seqOf(db, id), pipeline, account, definition, mode: 'run', files: ids };
}

async function seqOf(db: Db, run: string): Promise<number> {
  const { rows } = await withClient(db, (client) =>
    client.query<{ seq: number }>('select seq from pointferry.run where id = $1', [run]),
  );
  return rows[0]?.seq ?? 0;
}

const damagedRow: RowSpec = {
  cells: null,
  bucket: 'rejected',
  unreadable: true,
  currency: null,
  damaged: Buffer.from('"'),
  errors: [{ stage: 'stage', code: 'STAGE_COLUMN_COUNT', reason: 'two cells' }],
};

async function stageFile(
  db: Db,
  run: string,
  definition: Pipeline,
  file: TestFile,
  place: number,
): Promise<number> {
  const damaged = new Set(file.damaged ?? []);
  const cells = file.rows.values();
  const rows = Array.from({ length: file.rows.length + damaged.size }, (_none, i): RowSpec => {
    return damaged.has(i + 1) ? damagedRow : { cells: cells.next().value ?? [], bucket: 'raw' };
  });
  const { id } = await makeFile(db, run, {
    header: file.header,
    rows,
    columns: {
      name: file.name ?? `f${place}.csv`,
      business_date: file.businessDate ?? null,
      correction_of: file.correctionOf ?? null,
      normalized_at: null,
    },
  });
  await withClient(db, async (client) => {
    const { rows: staged } = await client.query<{ raw_table: string; bound: Record<string, string> }>(
      'select raw_table, bound from pointferry.file where id = $1',
      [id],
    );
    const { raw_table: table = '', bound = {} } = staged[0] ?? {};
    const sums = JSON.stringify(await amounts(client, definition, table, bound));
    await client.query('update pointferry.file set amounts = $2 where id = $1', [id, sums]);
  });
  return id;
}

async function amounts(
  client: Client,
  definition: Pipeline,
  table: string,
  bound: Record<string, string>,
): Promise<object> {
  const sql = amountSql(definition, boundRows(rawTable(table), bound));
  if (sql === null) return {};
  const { rows } = await client.query<{ currency: string }>(
    `select currency, coalesce(sum(amount), 0)::text as sum, count(*)::integer as rows, (count(*) filter (where unreadable))::integer as unreadable
     from (${sql}) a group by currency`,
  );
  return Object.fromEntries(rows.map(({ currency, ...rest }) => [currency, rest]));
}

/** A rerun of rows of another run, with a definition of its own; its selection is widened to whole groups. */
export async function rerunOf(
  db: Db,
  of: TestRun,
  rows: readonly RerunRow[],
  definition: Pipeline = of.definition,
): Promise<TestRun & { readonly widened: number }> {
  const { account, operation: kind } = definition;
  const columns = { pipeline: of.pipeline, account, kind, definition };
  const id = await makeRerun(db, [of.id], rows, {
    ...beforeNormalize,
    ...columns,
    started_at: new Date().toISOString(),
  });
  const widened = await withClient(db, (client) =>
    widenSelection(client, { run: id, across: definition.group?.across === 'files' }),
  );
  return { ...of, id, seq: await seqOf(db, id), definition, mode: 'rerun', widened };
}

/** Normalizes; returns the counts. */
export async function normalize(
  db: Db,
  run: TestRun,
  beforeLedger: (counts: Counts) => Promise<void> = async () => undefined,
  takeUncertain = false,
): Promise<Counts | null> {
  const kind = kindOf(run.definition.operation);
  const rows = run.mode === 'rerun' ? rowsOfRerun({ run: run.id, takeUncertain }) : rowsOfRun(run.id);
  return await normalizeRun(
    db,
    run,
    { kind, rows },
    { signal: new AbortController().signal, progress: () => undefined, beforeLedger },
  );
}

export async function addMembers(
  db: Db,
  members: Readonly<Record<string, string>>,
  keyType = 'id',
  name = account,
): Promise<void> {
  const list = Object.entries(members);
  await withClient(db, (client) =>
    client.query(
      `insert into pointferry.crosswalk (account, key_type, key, member_id, actor)
       select $1, $2, key, id, 'tester' from unnest($3::text[], $4::text[]) u(key, id)`,
      [name, keyType, list.map(([key]) => key), list.map(([, id]) => id)],
    ),
  );
}

export interface LedgerRow {
  readonly record: number;
  readonly role: string;
  readonly bucket: string;
  readonly operation: number | null;
  readonly group_key: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly unreadable: boolean;
  readonly codes: string[];
  readonly fields: string[];
  readonly values: (string | null)[];
  readonly reasons: string[];
}

/** The rows of a run's files with their faults, in order. */
export async function rowsOf(db: Db, run: TestRun): Promise<LedgerRow[]> {
  const { rows } = await withClient(db, (client) =>
    client.query<LedgerRow>(
      `select b.record, b.role, b.bucket, b.operation, b.group_key, b.amount::text, b.currency, b.unreadable,
              coalesce(e.codes, '{}') as codes, coalesce(e.fields, '{}') as fields, coalesce(e.values, '{}') as values, coalesce(e.reasons, '{}') as reasons
       from pointferry.row_bucket b
       join pointferry.file f on f.id = b.file
       left join lateral (select array_agg(code order by n) as codes, array_agg(field order by n) as fields, array_agg(value order by n) as values,
                            array_agg(reason order by n) as reasons from pointferry.row_error e where e.file = b.file and e.record = b.record) e on true
       where f.id = any ($1::bigint[]) order by f.place, b.record`,
      [run.files],
    ),
  );
  return rows;
}

export interface LedgerOperation {
  readonly id: number;
  readonly identity: string | null;
  readonly subject: string | null;
  readonly member_key: string | null;
  readonly version: string;
  readonly payload: Record<string, unknown>;
  readonly value: string | null;
  readonly state: string;
  readonly key: string | null;
  readonly content: string;
  readonly revision: number;
  readonly record: number;
  readonly lane: number | null;
}

/** Puts the operations of a run into a state, as push would. */
export async function put(db: Db, run: TestRun, state: string, record?: number): Promise<void> {
  const settled = ['delivered', 'failed', 'unknown', 'rejected'].includes(state);
  await withClient(db, (client) =>
    client.query(
      `update pointferry.operation set state = $2, settled_at = case when $3 then clock_timestamp() end, settled_by = case when $3 then 'test' end,
         code = case when $2 in ('failed', 'unknown', 'rejected') then 'PUSH_REFUSED' end,
         doubt_since = case when $2 = 'in_doubt' then clock_timestamp() end,
         subject = case when $2 = 'parked' then null else subject end, lane = case when $2 = 'parked' then null else lane end,
         parked_at = case when $2 = 'parked' then clock_timestamp() end,
         park_until = case when $2 = 'parked' then clock_timestamp() + interval '1 day' end
       where run = $1 and ($4::bigint is null or record = $4)`,
      [run.id, state, settled, record ?? null],
    ),
  );
}

/** The operations of a run, by file and record. */
export async function operationsOf(db: Db, run: TestRun): Promise<LedgerOperation[]> {
  const { rows } = await withClient(db, (client) =>
    client.query<LedgerOperation>(
      `select id, identity, subject, member_key, pointferry.instant_handed(version_at) as version, payload, value::text, state, key, content,
              revision, record, lane
       from pointferry.operation where run = $1 order by file_place, record`,
      [run.id],
    ),
  );
  return rows;
}
