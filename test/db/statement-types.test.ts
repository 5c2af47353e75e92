import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Db, withClient } from '../../src/db/pool.ts';
import { loadKinds } from '../../src/destinations/index.ts';
import { table } from '../../src/ground/sql-text.ts';
import { neededColumns } from '../../src/mapping/columns.ts';
import { compile } from '../../src/mapping/compile.ts';
import { boundRows } from '../../src/mapping/query.ts';
import { createTables, runTables } from '../../src/normalize/tables.ts';
import { loadAll } from '../../src/pipeline/load.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { statementTypes } from './statement-types.ts';

const { db } = await cloneDatabase();
const root = path.join(import.meta.dirname, '../..');

/** Tables that every run has of its own, under the names that sql/normalize/ gives them, made as normalize makes them. */
async function makeRunTables(db: Db, pipelineName: string): Promise<void> {
  const { pipelines } = await loadAll(path.join(root, 'pipelines'));
  const pipeline = pipelines.find(({ name }) => name === pipelineName)?.pipeline;
  const kind = (await loadKinds()).get(pipeline?.operation ?? '');
  assert.ok(pipeline && kind);
  const columns = neededColumns(pipeline).map(({ name }) => name);
  const raw = table('public.raw_rows');
  const bound = Object.fromEntries(columns.map((column) => [column, column]));
  const tables = {
    ...runTables('types', 'row'),
    rows: 'run_rows',
    operations: 'run_operations',
    phones: 'run_phones',
  };
  const facts = { id: 0, place: 1, contentSha256: 'content' };
  const compiled = compile(pipeline, kind, boundRows(raw, bound), { phones: tables.phones }, facts);
  await withClient(db, async (client) => {
    const texts = columns.map((column) => `, "${column.replaceAll('"', '""')}" text`).join('');
    await client.query(`create table ${raw} (_record bigint, _line bigint${texts})`);
    await createTables(client, tables, compiled.rows.sql, (rows) =>
      compiled.operations({ account: pipeline.account, rows, file: null, businessDate: '2000-01-01' }),
    );
  });
}

test('src/db/statements.ts is what the server says of the statements', async () => {
  await makeRunTables(db, 'pos-transactions');
  const belongs = `(${runTables('types', 'row').belongs})`;
  const types = await statementTypes(db, (source) => source.replaceAll(/\brow_of_operation\b/g, belongs));
  const file = path.join(root, 'src/db/statements.ts');
  if (process.env.SQL_TYPES === 'write') writeFileSync(file, types);
  assert.ok(types === readFileSync(file, 'utf8'), 'npm run sql:types writes it');
});

/** Calls whose rows are typed by hand: JSON columns, and texts of a few values that no column's check states. It only falls. */
const typedByHand = 8;

test('no more rows are typed by hand than there were', () => {
  const calls = execFileSync('git', ['grep', '-hoE', '\\brunAs<', '--', 'src/*.ts', ':!src/db/sql.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(calls.trim().split('\n').length, typedByHand);
});
