/** Raw rows of a run's files -> typed rows and operations in the run's own tables. Each file is one transaction. */

import type { Client } from '../db/pool.ts';
import type { Kind } from '../destinations/kind.ts';
import type { RunFile } from '../ledger/file.ts';
import { rawTable } from '../ledger/raw-table.ts';
import { keyColumnName } from '../mapping/columns.ts';
import { type Compiled, compile } from '../mapping/compile.ts';
import type { RowSource } from '../mapping/context.ts';
import { operationColumns } from '../mapping/operations.ts';
import { boundRows } from '../mapping/source.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { fillPhones } from './phones.ts';
import { cellsGone, selectedRows } from './selection.ts';
import { createTables, indexTables, onRun, type RunTables } from './tables.ts';

/** A staged file of the run, as sql/normalize/files.sql gives it. */
export interface StagedFile
  extends Pick<
    RunFile,
    'id' | 'place' | 'name' | 'rawTable' | 'bound' | 'header' | 'rawColumns' | 'records'
  > {
  readonly contentSha256: string;
  /** Its own, or that of the run that read it. */
  readonly businessDate: string;
  /** Of the run that read it. */
  readonly runSeq: number;
  /** Files that it corrects, the nearest first or last. */
  readonly corrects: readonly number[];
  readonly rowsDone: boolean;
  readonly built: boolean;
  readonly done: boolean;
  readonly nextRecord: number;
}

/** What a build needs to know, beside the file. */
export interface Plan {
  readonly pipeline: Pipeline;
  readonly kind: Kind;
  readonly tables: RunTables;
  /** Of a rerun: its id, and whether groups beside damage are taken as whole. */
  readonly again?: { readonly run: string; readonly takeUncertain: boolean };
}

export function compileFile(plan: Plan, file: StagedFile, source: RowSource = rowsOf(plan, file)): Compiled {
  const facts = { id: file.id, place: file.place, contentSha256: file.contentSha256 };
  return compile(plan.pipeline, plan.kind, source, { phones: plan.tables.phones }, facts);
}

const rowsOf = (plan: Plan, file: StagedFile): RowSource =>
  plan.again === undefined
    ? boundRows(rawTable(file.rawTable ?? ''), file.bound)
    : selectedRows(plan.again.run, file);

const operationFacts = (plan: Plan, file: StagedFile, only: number | null) => ({
  account: plan.pipeline.account,
  file: only,
  businessDate: file.businessDate,
});

/** Large expressions are cheaper interpreted than compiled; sorts and hashes of a million rows want room. */
const settings = `set local jit = off; set local work_mem = '128MB'`;

/** Fills the table of rows with one file. Gives the number of rows. Throws STAGE_CELLS_GONE where its raw table is gone. */
export async function buildRows(
  client: Client,
  plan: Plan,
  file: StagedFile,
  source?: RowSource,
): Promise<number> {
  const { tables } = plan;
  if (file.rawTable === null) throw cellsGone(file.name);
  const compiled = compileFile(plan, file, source);
  await client.query(settings);
  await createTables(client, tables, compiled.rows.sql, (rows) =>
    compiled.operations({ ...operationFacts(plan, file, null), rows }),
  );
  await fillPhones(client, tables, compiled.rows.phones);
  const { rowCount } = await client.query(`insert into ${tables.rows} ${compiled.rows.sql}`);
  await indexTables(client, tables);
  return rowCount;
}

/** Builds the operations of one file, or of the whole run where groups reach across files. */
export async function buildOperations(
  client: Client,
  plan: Plan,
  file: StagedFile,
  files: readonly StagedFile[],
): Promise<void> {
  const { tables, pipeline } = plan;
  const across = pipeline.group?.across === 'files';
  const compiled = compileFile(plan, file);
  const sql = compiled.operations({
    ...operationFacts(plan, file, across ? null : file.id),
    rows: tables.rows,
  });
  await client.query(settings);
  await client.query(`insert into ${tables.operations} (${operationColumns.join(', ')}) ${sql}`);
  if (pipeline.group === undefined || plan.again?.takeUncertain === true) return;
  const statement = plan.again === undefined ? 'uncertain' : 'rerun-uncertain';
  for (const { id } of files) await onRun(client, tables, statement, { file: id, across });
}

/** Source columns of the identity: what a conflict is about. */
export function identityColumns(pipeline: Pipeline): string {
  const { identity } = pipeline;
  return identity === undefined || 'file' in identity ? '' : identity.columns.map(keyColumnName).join('+');
}

/** Asks the ledger what all events of a built file would meet there, for eyes: the ledger is only read. */
export async function meetFile(
  client: Client,
  { tables, pipeline, kind }: Plan,
  file: StagedFile,
): Promise<void> {
  if (kind.nature !== 'event') return;
  await onRun(client, tables, 'meet', {
    file: file.id,
    after: -1,
    until: null,
    account: pipeline.account,
    kind: kind.name,
    corrects: file.corrects,
  });
}
