/**
 * A statement of normalize that fails over the data ends the run with 70. The error then names the file and, where it can be
 * found, the record; never a cell.
 */
import { type DatabaseError, isDatabaseError } from '../db/failure.ts';
import type { Client, Db } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { rawTable } from '../ledger/raw-table.ts';
import { groupingOf } from '../mapping/compile.ts';
import { boundRows } from '../mapping/query.ts';
import { buildOperations, buildRows } from './build.ts';
import { makePlan, type Plan, type StagedFile } from './plan.ts';
import { rowsOfExcerpt } from './rows-of-run.ts';

/** Hours: it builds half of the file, a quarter, an eighth and so on. */
const searchTimeoutMs = 6 * 3_600_000;

/** Runs what builds a file. If a statement fails, the error names the file, and the record if one alone makes it fail. */
export async function overFile<T>(db: Db, plan: Plan, file: StagedFile, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!isFault(error)) throw error;
    const found = isAboutData(error) ? await recordAtFault(db, plan, file).catch(() => null) : null;
    const where = found === null ? file.name : `${file.name}, line ${found.line} (record ${found.record})`;
    throw error.saying(`${where}: ${error.message}`);
  }
}

/** The same where records are not tried one by one: `words` names them. */
export async function overRecords<T>(words: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    throw isFault(error) ? error.saying(`${words}: ${error.message}`) : error;
  }
}

const isFault = (error: unknown): error is DatabaseError =>
  isDatabaseError(error) && error.kind === 'statement';

/** Data exceptions and limits of the program: what a single cell can bring about. */
const isAboutData = ({ sqlstate }: DatabaseError): boolean => /^(22|54)/.test(sqlstate ?? '');

interface AtFault {
  readonly record: number;
  readonly line: number;
}

/**
 * Returns the record that makes the build fail, found by halving, or null if no record alone does. Rows of a rerun, and groups
 * that reach across files, are not searched.
 */
async function recordAtFault(db: Db, plan: Plan, file: StagedFile): Promise<AtFault | null> {
  const isDivisible = plan.rows.isDivisible && groupingOf(plan.pipeline) !== 'run';
  if (!isDivisible || file.rawTable === null) return null;
  const find = async (client: Client): Promise<AtFault | null> => {
    let [from, until] = [1, file.records];
    while (from < until) {
      const middle = Math.floor((from + until) / 2);
      if (await fails(client, plan, file, from, middle)) until = middle;
      else from = middle + 1;
    }
    return (await fails(client, plan, file, from, from)) ? placeOf(client, file, from) : null;
  };
  return await inTransaction(db, find, { statementTimeoutMs: searchTimeoutMs });
}

/** Does the build of these records fail? Leaves nothing in the database. */
async function fails(
  client: Client,
  plan: Plan,
  file: StagedFile,
  from: number,
  until: number,
): Promise<boolean> {
  const { run } = plan;
  const trial = makePlan({ ...plan, run: `${run}_fault`, rows: rowsOfExcerpt(run, from, until) });
  await client.query('savepoint trial');
  const failed = await build(client, trial, file).then(
    () => false,
    (error: unknown) => {
      if (isFault(error)) return true;
      throw error;
    },
  );
  await client.query('rollback to savepoint trial');
  return failed;
}

async function build(client: Client, plan: Plan, file: StagedFile): Promise<void> {
  await buildRows(client, plan, file);
  await buildOperations(client, plan, [file]);
}

async function placeOf(client: Client, file: StagedFile, record: number): Promise<AtFault> {
  const { from } = boundRows(rawTable(file.rawTable ?? ''), file.bound);
  const { rows } = await client.query<{ line: number }>(
    `select _line as line from ${from} where _record = $1`,
    [record],
  );
  return { record, line: rows[0]?.line ?? record };
}
