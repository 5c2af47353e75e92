/** The raw table of a file is gone (there is no cleanup yet, so people drop tables): what the ledger knows is still told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { inDollars, salesPipeline } from '../world/pipelines.ts';
import { makeWorld, runFile } from '../world/world.ts';

const world = await makeWorld({
  sales: salesPipeline('sales', {
    source: `local('in/sales_*.csv')`,
    till: 'till',
    value: `{ from: 'value' }`,
    more: inDollars,
  }),
});
const header = 'id,member,value,at';
const row = (id: string, value: string) => `${id},m1,${value},2026-05-01 10:00`;
const file = (name: string, ...rows: string[]) =>
  world.write(`in/${name}`, `${[header, ...rows].join('\n')}\n`);

/** Drops the newest raw table. */
async function dropRaw(): Promise<void> {
  await withClient(world.database.db, async (client) => {
    const { rows } = await client.query<{ raw_table: string }>(
      'select raw_table from pointferry.file where raw_table is not null order by id desc limit 1',
    );
    await client.query(`drop table pointferry_staging.${rows[0]?.raw_table}`);
  });
}

let id = '';
test('errors and report list the rows without their cells, and say so', async () => {
  file('sales_1.csv', row('a', '1.00'), row('b', 'x'), row('c', '4.00'));
  const night = await world.summary(['run', 'sales']);
  id = night.run;
  assert.deepEqual(
    { exitCode: night.exitCode, delivered: night.rows.delivered, rejected: night.rows.rejected },
    { exitCode: 1, delivered: 2, rejected: 1 },
  );
  world.write('before.csv', runFile(world, 'sales', 'errors.csv'));
  await dropRaw();
  const gone = /the cells of sales_1.csv are gone from the database/;
  for (const words of [
    ['errors', id],
    ['errors', id, '--group'],
    ['report', id],
    ['errors', id, '--out', 'e.csv'],
  ]) {
    const ran = await world.ferry(words);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.err, gone);
    assert.doesNotMatch(ran.err, /internal error/);
  }
  assert.match((await world.ferry(['errors', id])).out, /NORMALIZE_NOT_A_NUMBER/);
  assert.match(
    runFile(world, 'sales', 'errors.csv'),
    /"","","","","\d+-2","sales_1.csv","2","3","rejected","normalize","NORMALIZE_NOT_A_NUMBER","value","x"/,
  );
});

test('a rerun says which file and what to do, and that is no bug', async () => {
  for (const words of [
    ['rerun', id],
    ['rerun', id, '--dry-run'],
  ]) {
    const ran = await world.ferry(words);
    assert.equal(ran.code, 3, ran.err);
    assert.match(ran.err, /STAGE_CELLS_GONE: the cells of sales_1.csv are gone/);
    assert.match(ran.err, /next: .*--allow-duplicate-file/);
  }
  const back = await world.ferry(['rerun', id, '--from', 'before.csv']);
  assert.equal(back.code, 64, back.err);
  assert.match(back.err, /the cells of sales_1.csv are gone/);
});

test('what it says to do works: what was delivered is duplicate, and the rest can be rerun', async () => {
  const again = await world.summary(['run', 'sales', '--file', 'in/sales_1.csv', '--allow-duplicate-file']);
  assert.deepEqual(
    { exitCode: again.exitCode, duplicate: again.rows.duplicate, rejected: again.rows.rejected },
    { exitCode: 1, duplicate: 2, rejected: 1 },
  );
  const fixed = runFile(world, 'sales', 'errors.csv').replace('"x"', '"2.00"');
  const rerun = await world.summary(['rerun', again.run, '--from', world.write('fixed.csv', fixed)]);
  assert.deepEqual(
    { exitCode: rerun.exitCode, delivered: rerun.selected?.delivered },
    { exitCode: 0, delivered: 1 },
  );
});

test('a run whose table is gone before it was normalized ends with 3 and balanced books; new files are taken', async () => {
  file('sales_2.csv', row('d', '8.00'), row('e', '16.00'));
  await world.killedAt('normalize/before-build-commit', ['run', 'sales']);
  await dropRaw();
  file('sales_3.csv', row('f', '32.00'));
  const ran = await world.ferry(['run', 'sales', '--json']);
  assert.equal(ran.code, 3, ran.err);
  const { before, ...night } = JSON.parse(ran.out);
  assert.deepEqual(
    { exitCode: before[0].exitCode, pending: before[0].rows.pending, balanced: before[0].balanced },
    { exitCode: 3, pending: 2, balanced: true },
  );
  assert.equal(before[0].amount.USD.pending, '24.00');
  assert.equal(night.rows.delivered, 1);
  assert.match(ran.err, /the cells of sales_2.csv are gone/);
  const shown = await world.ferry(['report', before[0].run, '--all-files']);
  assert.equal(shown.code, 0, shown.err);
});
