/**
 * The tables that one run normalizes in, in pointferry_staging. Statements of sql/normalize/ name them `run_rows`,
 * `run_operations` and `run_phones`; the names of the run's tables are put in here.
 */

import type { Client } from '../db/pool.ts';
import {
  execute,
  type Given,
  parseStatement,
  type RowOf,
  type Statement,
  type StatementName,
  statement,
} from '../db/sql.ts';
import { stagingSchema } from '../ledger/raw-table.ts';

export interface RunTables {
  readonly rows: string;
  readonly operations: string;
  readonly phones: string;
  /** SQL over `r` and `o`: does this row belong to this operation? */
  readonly belongs: string;
}

/** `grouping`: rows are operations of their own, or share one within their file, or within the run. */
export function runTables(run: string, grouping: 'row' | 'file' | 'run'): RunTables {
  const table = (what: string): string => `${stagingSchema}.${what}_${run}`;
  const belongs = {
    // the range is that of the operations: stated twice, because the planner does not infer it
    row: 'r.file = o.file and r.record = o.record and r.record > :after and (:until::bigint is null or r.record <= :until)',
    file: 'r.slot = o.slot and r.file = o.file',
    run: 'r.slot = o.slot',
  }[grouping];
  return { rows: table('rows'), operations: table('operations'), phones: table('phones'), belongs };
}

/** Per run, until its tables are dropped. */
const placed = new Map<string, Map<string, Statement>>();

function placedStatement(tables: RunTables, name: StatementName): Statement {
  const ofRun = placed.get(tables.rows) ?? new Map<string, Statement>();
  placed.set(tables.rows, ofRun);
  const key = `${tables.belongs} ${name}`;
  const known = ofRun.get(key);
  if (known !== undefined) return known;
  const { source } = statement(name);
  const text = source
    .replaceAll(/\brun_rows\b/g, tables.rows)
    .replaceAll(/\brun_operations\b/g, tables.operations)
    .replaceAll(/\brun_phones\b/g, tables.phones)
    .replaceAll(/\brow_of_operation\b/g, `(${tables.belongs})`);
  const made = parseStatement(name, text);
  ofRun.set(key, made);
  return made;
}

/** Runs a statement of sql/normalize/ on the tables of a run. Returns its rows. */
export async function onRun<N extends StatementName>(
  client: Client,
  tables: RunTables,
  name: N,
  ...[params]: Given<N>
): Promise<RowOf<N>[]> {
  return (await execute<RowOf<N>>(client, placedStatement(tables, name), params)).rows;
}

/** As `onRun`. Returns the number of rows affected. */
export async function countOnRun<N extends StatementName>(
  client: Client,
  tables: RunTables,
  name: N,
  ...[params]: Given<N>
): Promise<number> {
  return (await execute(client, placedStatement(tables, name), params)).rowCount;
}

/** Columns of operations that the SELECT does not fill: what it met, and what follows. */
const decisions = 'met bigint, met_value numeric, met_lane bigint, decision text';

/** Makes the tables unless they are there; their columns follow from the two SELECTs. */
export async function createTables(
  client: Client,
  tables: RunTables,
  rowsSql: string,
  operationsSql: (rows: string) => string,
): Promise<void> {
  await client.query(
    `create table if not exists ${tables.phones} (value text, region text, e164 text, primary key (value, region))`,
  );
  await client.query(`create table if not exists ${tables.rows} as ${rowsSql} with no data`);
  await client.query(
    `create table if not exists ${tables.operations} as ${operationsSql(tables.rows)} with no data`,
  );
  for (const column of decisions.split(', ')) {
    await client.query(`alter table ${tables.operations} add column if not exists ${column}`);
  }
}

/** Called after the first file: small tables fill faster without. */
export async function indexTables(client: Client, tables: RunTables): Promise<void> {
  const index = (table: string, about: string, columns: string): string => {
    const name = `${table.split('.')[1]}_${about}`;
    return `create index if not exists ${name} on ${table} (${columns})`;
  };
  await client.query(index(tables.rows, 'record', 'file, record'));
  if (tables.belongs.includes('slot')) await client.query(index(tables.rows, 'slot', 'slot'));
  await client.query(index(tables.operations, 'record', 'file, record'));
}

/** Rows added by one command from which tables of the ledger are analyzed at once, not by autovacuum. */
export const worthAnalyzing = 1_000;

/** Analyzes only join columns, when all files are in: sorting a sample of the others is expensive. */
export async function analyzeTables(client: Client, tables: RunTables): Promise<void> {
  await client.query(
    `analyze ${tables.rows} (file, record, slot), ${tables.operations} (file, record, slot, identity, status, subject)`,
  );
}

export async function dropTables(client: Client, tables: RunTables): Promise<void> {
  await client.query(`drop table if exists ${tables.operations}, ${tables.rows}, ${tables.phones}`);
  placed.delete(tables.rows);
}
