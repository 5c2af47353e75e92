/** Raw rows -> typed rows and operations, in tables of the run. */
import type { Client } from '../db/pool.ts';
import { keyColumnName } from '../mapping/columns.ts';
import { type Compiled, compile } from '../mapping/compile.ts';
import { operationColumns } from '../mapping/operations.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { fillPhones } from './phones.ts';
import { allOf, buildUnits, cellsGone, type Plan, type StagedFile } from './plan.ts';
import { createTables, indexTables, onRun } from './tables.ts';

export function compileFile({ pipeline, kind, rows, tables }: Plan, file: StagedFile): Compiled {
  const facts = { id: file.id, place: file.place, contentSha256: file.contentSha256 };
  return compile(pipeline, kind, rows.rowsOf(file), { phones: tables.phones }, facts);
}

const operationFacts = (plan: Plan, file: StagedFile, only: number | null) => ({
  account: plan.pipeline.account,
  file: only,
  businessDate: file.businessDate,
});

/** Large expressions are cheaper interpreted than compiled; sorts and hashes of a million rows need the memory. */
const settings = `set local jit = off; set local work_mem = '128MB'`;

/** Fills the table of rows with one file. Throws STAGE_CELLS_GONE if its raw table is gone. */
export async function buildRows(client: Client, plan: Plan, file: StagedFile): Promise<void> {
  const { tables } = plan;
  if (file.rawTable === null) throw cellsGone(file.name);
  const compiled = compileFile(plan, file);
  await client.query(settings);
  await createTables(client, tables, compiled.rows.sql, (rows) =>
    compiled.operations({ ...operationFacts(plan, file, null), rows }),
  );
  await fillPhones(client, tables, compiled.rows.phones);
  await client.query(`insert into ${tables.rows} ${compiled.rows.sql}`);
  await indexTables(client, tables);
}

/** Builds the operations of a unit (see `buildUnits`), whose rows are in the table. */
export async function buildOperations(
  client: Client,
  plan: Plan,
  unit: readonly StagedFile[],
): Promise<void> {
  const { tables, pipeline, rows } = plan;
  const [first] = unit;
  if (first === undefined) return;
  const across = pipeline.group?.across === 'files';
  const sql = compileFile(plan, first).operations({
    ...operationFacts(plan, first, across ? null : first.id),
    rows: tables.rows,
  });
  await client.query(settings);
  await client.query(`insert into ${tables.operations} (${operationColumns.join(', ')}) ${sql}`);
  if (pipeline.group === undefined || rows.uncertain === null) return;
  for (const { id } of unit) await onRun(client, tables, rows.uncertain, { file: id, across });
}

/** What only shows when all files are built: one identity with two contents. */
export async function resolveIdentities(client: Client, { tables, pipeline }: Plan): Promise<void> {
  await onRun(client, tables, 'normalize/same-run', { columns: identityColumns(pipeline) });
}

/**
 * All of it in the caller's transaction, up to what would follow in the ledger, which is only read. For rehearsals:
 * `normalizeRun` takes the same steps, each in a transaction with its mark.
 */
export async function buildTrial(client: Client, plan: Plan, files: readonly StagedFile[]): Promise<void> {
  for (const file of files) await buildRows(client, plan, file);
  for (const unit of buildUnits(plan, files)) await buildOperations(client, plan, unit);
  await resolveIdentities(client, plan);
  for (const file of files) await plan.rows.meet(client, plan, file, allOf(file));
}

/** Source columns of the identity: what a conflict is about. */
export function identityColumns(pipeline: Pipeline): string {
  const { identity } = pipeline;
  return identity === undefined || 'file' in identity ? '' : identity.columns.map(keyColumnName).join('+');
}
