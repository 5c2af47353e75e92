/**
 * A statement of ours that failed over people's data ends a run with 70. These say over what: the file, and where it can be found out
 * the very record. Never what stands in its cells.
 */

import { type DatabaseError, isDatabaseError } from '../db/failure.ts';
import type { Client, Db } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { rawTable } from '../ledger/raw-table.ts';
import { groupingOf } from '../mapping/compile.ts';
import { boundRows } from '../mapping/source.ts';
import { buildOperations, buildRows, type Plan, type StagedFile } from './build.ts';
import { excerpt } from './selection.ts';
import { runTables } from './tables.ts';

/** Hours: it builds half of the file, a quarter, an eighth and so on. */
const searchTimeoutMs = 6 * 3_600_000;

/** Runs what builds a file; a statement that fails names the file, and the record if one alone makes it fail. */
export async function overFile<T>(
  db: Db,
  run: string,
  plan: Plan,
  file: StagedFile,
  build: () => Promise<T>,
): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!isFault(error)) throw error;
    const found = isAboutData(error) ? await recordAtFault(db, run, plan, file).catch(() => null) : null;
    const where = found === null ? file.name : `${file.name}, line ${found.line} (record ${found.record})`;
    throw error.saying(`${where}: ${error.message}`);
  }
}

/** The same for records `after` one, up to another, whose statements are not tried one by one. */
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
 * The record over which the file cannot be built, by halving; null where no record alone makes it fail. Rows of a rerun, and
 * groups that reach across files, are not looked for.
 */
async function recordAtFault(db: Db, run: string, plan: Plan, file: StagedFile): Promise<AtFault | null> {
  const grouping = groupingOf(plan.pipeline);
  if (plan.again !== undefined || grouping === 'run' || file.rawTable === null) return null;
  const trial: Plan = { ...plan, tables: runTables(`${run}_fault`, grouping) };
  const find = async (client: Client): Promise<AtFault | null> => {
    let [from, until] = [1, file.records];
    while (from < until) {
      const middle = Math.floor((from + until) / 2);
      if (await fails(client, trial, file, from, middle)) until = middle;
      else from = middle + 1;
    }
    return (await fails(client, trial, file, from, from)) ? placeOf(client, file, from) : null;
  };
  return await inTransaction(db, find, { statementTimeoutMs: searchTimeoutMs });
}

/** Leaves nothing behind. */
async function fails(
  client: Client,
  plan: Plan,
  file: StagedFile,
  from: number,
  until: number,
): Promise<boolean> {
  await client.query('savepoint trial');
  const failed = await build(client, plan, file, from, until).then(
    () => false,
    (error: unknown) => {
      if (isFault(error)) return true;
      throw error;
    },
  );
  await client.query('rollback to savepoint trial');
  return failed;
}

async function build(
  client: Client,
  plan: Plan,
  file: StagedFile,
  from: number,
  until: number,
): Promise<void> {
  await buildRows(client, plan, file, excerpt(file, from, until));
  await buildOperations(client, plan, file, [file]);
}

async function placeOf(client: Client, file: StagedFile, record: number): Promise<AtFault> {
  const { from } = boundRows(rawTable(file.rawTable ?? ''), file.bound);
  const { rows } = await client.query<{ line: number }>(
    `select _line as line from ${from} where _record = $1`,
    [record],
  );
  return { record, line: rows[0]?.line ?? record };
}
