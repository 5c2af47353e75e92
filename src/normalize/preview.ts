/**
 * Cells -> typed values -> operations, and what they would meet in the ledger, by the run's own code. It builds tables in the
 * caller's transaction, which the caller rolls back; the ledger is only read.
 */
import type { Client } from '../db/pool.ts';
import { camelRows } from '../db/sql.ts';
import type { FieldValue, Kind } from '../destinations/kind.ts';
import { itemColumns } from '../mapping/columns.ts';
import { fieldsOf } from '../mapping/fields.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { buildOperations, buildRows, compileFile } from './build.ts';
import { allOf, makePlan, type Plan, type StagedFile } from './plan.ts';
import { rowsOfExcerpt } from './rows-of-run.ts';

/** A file that was landed in the same transaction or earlier. */
export type PreviewFile = Pick<StagedFile, 'id' | 'bound'> & {
  readonly rawTable: string | null;
  readonly businessDate: string | null;
} & Partial<Pick<StagedFile, 'contentSha256' | 'place' | 'corrects'>>;

export interface PreviewRequest {
  readonly pipeline: Pipeline;
  readonly kind: Kind;
  readonly file: PreviewFile;
  /** Of a file that has none: 'YYYY-MM-DD'. */
  readonly businessDate: string;
  /** From this record on (default the first) … */
  readonly record?: number;
  /** … so many (default 10). Groups that begin among them are shown with all their rows. */
  readonly limit?: number;
}

export interface Fault {
  readonly code: string;
  /** The kind's field, '' for keys. */
  readonly field: string;
  /** Source columns, joined with +. */
  readonly columns: string;
  readonly value: string | null;
  readonly reason: string;
}

export interface PreviewField {
  /** `value`, `line_items.item_id`. */
  readonly path: string;
  readonly cells: Readonly<Record<string, string | null>>;
  /** As it would be handed over; null where empty, cleared or at fault. */
  readonly value: string | null;
  readonly cleared: boolean;
}

export interface PreviewRow {
  readonly record: number;
  readonly line: number;
  readonly filtered: boolean;
  readonly group: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly unreadable: boolean;
  readonly faults: readonly Fault[];
  readonly fields: readonly PreviewField[];
}

export interface PreviewOperation {
  readonly record: number;
  readonly group: string | null;
  readonly status: 'ok' | 'rejected' | 'filtered';
  readonly faults: readonly Fault[];
  readonly identity: string | null;
  readonly memberKey: string | null;
  /** Null: not in the crosswalk. */
  readonly subject: string | null;
  /** ISO 8601, UTC. */
  readonly versionAt: string;
  readonly value: string | null;
  /** Idempotency key of a first send; null while the subject of a state is not known. */
  readonly key: string | null;
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  /** What it would meet in the ledger. */
  readonly decision: 'joins' | 'changed' | 'replaces' | 'conflict' | null;
}

export interface Preview {
  readonly rows: readonly PreviewRow[];
  readonly operations: readonly PreviewOperation[];
}

/** Rows read after the last one shown, so that a group that begins there is whole. */
const beyond = 2_000;

export async function preview(client: Client, request: PreviewRequest): Promise<Preview> {
  const { pipeline, kind } = request;
  const file = asStagedFile(request.file, request.businessDate);
  const from = request.record ?? 1;
  const until = from + (request.limit ?? 10) - 1;
  const rows = rowsOfExcerpt('preview', from, pipeline.group === undefined ? until : until + beyond);
  const plan = makePlan({ run: 'preview', pipeline, kind, rows });
  // identities are not resolved: one part of a file cannot tell
  await buildRows(client, plan, file);
  await buildOperations(client, plan, [file]);
  await rows.meet(client, plan, file, allOf(file));
  return {
    rows: await readRows(client, plan, file, until),
    operations: await readOperations(client, plan, until),
  };
}

const asStagedFile = (file: PreviewFile, businessDate: string): StagedFile => ({
  name: '',
  place: 1,
  contentSha256: 'not taken',
  corrects: [],
  records: 0,
  rowsDone: false,
  built: false,
  done: false,
  nextRecord: 0,
  runSeq: 0,
  header: [],
  rawColumns: [],
  ...file,
  businessDate: file.businessDate ?? businessDate,
});

type RowCells = Readonly<Record<string, unknown>>;

/** Values by the columns that hold them, and the cells beside. */
async function readRows(
  client: Client,
  plan: Plan,
  file: StagedFile,
  until: number,
): Promise<readonly PreviewRow[]> {
  const source = plan.rows.rowsOf(file);
  const list = shownValues(plan, file);
  const columns = [...new Set(list.flatMap((shown) => shown.columns))];
  const values = list.map(
    ({ sql, cleared }, index) => `${sql} as value_${index}, ${cleared} as cleared_${index}`,
  );
  const cells = columns.map((column, index) => `${source.cell(column) ?? 'null'} as cell_${index}`);
  const { rows } = await client.query<RowCells>(
    `select t.record, t.line, t.filtered, t.gkey, t.amount, t.currency, t.unreadable, to_jsonb(t.faults) as faults,
       ${[...values, ...cells].join(', ') || 'null'}
     from ${plan.tables.rows} t join (select * from ${source.from}) r on r._record = t.record
     where t.record <= ${until} order by t.record`,
  );
  const text = (value: unknown): string | null =>
    value === null || value === undefined ? null : String(value);
  return rows.map((row) => ({
    record: Number(row.record),
    line: Number(row.line),
    filtered: row.filtered === true,
    group: text(row.gkey),
    amount: text(row.amount),
    currency: text(row.currency),
    unreadable: row.unreadable === true,
    faults: (row.faults ?? []) as readonly Fault[],
    fields: list.map(({ path, columns: own }, index) => ({
      path,
      cells: Object.fromEntries(own.map((column) => [column, text(row[`cell_${columns.indexOf(column)}`])])),
      value: text(row[`value_${index}`]),
      cleared: row[`cleared_${index}`] === true,
    })),
  }));
}

interface Shown {
  readonly path: string;
  readonly columns: readonly string[];
  /** SQL over the table of rows. */
  readonly sql: string;
  readonly cleared: string;
}

/** Scalars one by one; an item of a list as a whole. */
function shownValues(plan: Plan, file: StagedFile): readonly Shown[] {
  const { leaves, items } = compileFile(plan, file).rows;
  const scalars = [...leaves.values()].map(({ path, columns, type, value, cleared }) => ({
    path,
    columns,
    sql: type.text(value),
    cleared: cleared ?? 'false',
  }));
  const lists = fieldsOf(plan.pipeline, plan.kind).flatMap((field) =>
    field.shape === 'rows'
      ? [
          {
            path: field.name,
            columns: [...new Set(itemColumns(field.items))],
            sql: `${items.get(field.name)}::text`,
            cleared: 'false',
          },
        ]
      : [],
  );
  return [...scalars, ...lists];
}

async function readOperations(
  client: Client,
  plan: Plan,
  until: number,
): Promise<readonly PreviewOperation[]> {
  const { kind, pipeline, tables } = plan;
  const { rows } = await client.query<object>(
    `select record, gkey as group, status, coalesce(to_jsonb(faults), '[]') as faults, identity, member_key, subject,
       pointferry.instant_handed(version_at) as version_at, value::text as value, payload as fields, decision,
       case when $1 = 'event' then pointferry.idempotency_key($2, $3, identity, 0)
            when subject is not null then pointferry.idempotency_key($2, $3, pointferry.state_thing(subject, version_at, 0, place, record), 0) end as key
     from ${tables.operations} where record <= ${until} order by record`,
    [kind.nature, pipeline.account, kind.name],
  );
  return camelRows<PreviewOperation>(rows);
}
