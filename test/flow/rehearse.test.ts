import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { makeWorld } from '../world/world.ts';

/** A zone in which it is another day now than in UTC. */
const farZone = new Date().getUTCHours() >= 11 ? 'Pacific/Kiritimati' : 'Etc/GMT+12';

const world = await makeWorld({
  profiles: `{
    account: 'hang', operation: 'hang.member', source: local('in/profiles.csv'),
    businessDate: { run: true, zone: '${farZone}' },
    columns: { member: { from: 'member' }, email: { from: 'email' } },
  }`,
  // the keys of the items stand in no order, as a person may write them
  receipts: `{
    account: 'hang', operation: 'hang.activity', source: local('in/receipts_*.csv'),
    identity: { source: 'till', columns: ['id'] }, group: { by: 'id' },
    columns: {
      value: { sum: 'amount' },
      member: { from: 'member' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd', zone: 'UTC' },
      line_items: { value: { from: 'amount', as: 'decimal' }, item_id: { from: 'sku' } },
      activity_type_id: { constant: 'purchase' },
    },
    amount: { from: 'amount', currency: 'USD' },
  }`,
});
const lines = [
  'r1,m1,2026-05-01,A,1.50',
  'r1,m1,2026-05-01,B,2.50',
  'r2,m2,2026-05-01,A,oops',
  'r3,m3,2026-05-01,C,4.00',
];
const file = world.write('receipts.csv', `id,member,at,sku,amount\n${lines.join('\n')}\n`);

const counts = async (): Promise<unknown> =>
  withClient(world.database.db, async (client) => {
    const { rows } = await client.query(
      `select (select count(*) from pointferry.run) as runs, (select count(*) from pointferry.file) as files,
              (select count(*) from pointferry.operation) as operations,
              (select count(*) from pg_tables where schemaname = 'pointferry_staging') as tables`,
    );
    return rows[0];
  });

test('preview shows cell, value and request, and leaves nothing behind', async () => {
  const before = await counts();
  const ran = await world.ferry(['preview', 'receipts', '--file', file, '--limit', '2']);
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /value +1\.50 +<- amount="1\.50"/);
  assert.match(ran.out, /"line_items":\[\{"item_id":"A","value":1\.50\},\{"item_id":"B","value":2\.50\}\]/);
  assert.doesNotMatch(ran.out, /sandbox-hang-key/);
  assert.deepEqual(await counts(), before);
  assert.equal((await world.admin.stats()).hang.requests, 0);
});

test('preview of one record shows its faults and its group', async () => {
  const ran = await world.ferry(['preview', 'receipts', '--file', file, '--row', '3', '--json']);
  const shown = JSON.parse(ran.out) as { rows: { record: number; faults: { code: string }[] }[] };
  assert.deepEqual(
    shown.rows.map((row) => [row.record, [...new Set(row.faults.map((fault) => fault.code))]]),
    [[3, ['NORMALIZE_NOT_A_NUMBER']]],
  );
});

test('plan says what the run then does', async () => {
  const plan = await world.ferry(['plan', 'receipts', '--file', file, '--json']);
  const said = JSON.parse(plan.out) as {
    read: number;
    operations: number;
    rows: Record<string, number>;
    value: string;
  };
  assert.deepEqual(
    { read: said.read, operations: said.operations, send: said.rows.send, rejected: said.rows.rejected },
    { read: 4, operations: 2, send: 3, rejected: 1 },
  );
  const summary = await world.summary(['run', 'receipts', '--file', file]);
  assert.deepEqual(
    { read: summary.rows.read, delivered: summary.rows.delivered, rejected: summary.rows.rejected },
    { read: 4, delivered: 3, rejected: 1 },
  );
  assert.equal(summary.operations.delivered, 2);
});

test('after the run, preview and plan call the very same rows duplicates', async () => {
  const plan = await world.ferry(['plan', 'receipts', '--file', file, '--json']);
  const said = JSON.parse(plan.out) as { operations: number; rows: Record<string, number> };
  assert.deepEqual(
    { operations: said.operations, duplicate: said.rows.duplicate, rejected: said.rows.rejected },
    { operations: 0, duplicate: 3, rejected: 1 },
  );
});

test('plan says what is wrong with records that were damaged when they were read', async () => {
  const damaged = world.write(
    'damaged.csv',
    `id,member,at,sku,amount\nd1,m1,2026-05-01,A,1.50,x,y\nd2,m2,2026-05-01,A,no\n`,
  );
  const plan = await world.ferry(['plan', 'receipts', '--file', damaged, '--json']);
  const { rows, faults } = JSON.parse(plan.out) as {
    rows: Record<string, number>;
    faults: { code: string; field: string; rows: number }[];
  };
  assert.equal(rows.rejected, 2);
  assert.deepEqual(
    faults.map(({ code, rows }) => ({ code, rows })),
    [
      { code: 'NORMALIZE_GROUP_UNCERTAIN', rows: 1 },
      { code: 'NORMALIZE_NOT_A_NUMBER', rows: 1 },
      { code: 'STAGE_COLUMN_COUNT', rows: 1 },
    ],
  );
});

test('plan counts every row read, those that the pipeline leaves out included', async () => {
  world.write(
    'pipelines/some.ts',
    `import base from './receipts.ts';
     export default { ...base, where: { member: { not: 'guest' } } };`,
  );
  const guests = world.write(
    'guests.csv',
    `id,member,at,sku,amount\ng1,guest,2026-05-01,A,1.00\ng1,guest,2026-05-01,B,1.00\ng2,m1,2026-05-01,A,1.00\n`,
  );
  const plan = await world.ferry(['plan', 'some', '--file', guests, '--json']);
  const { read, rows } = JSON.parse(plan.out) as { read: number; rows: Record<string, number> };
  assert.deepEqual({ read, filtered: rows.filtered, send: rows.send }, { read: 3, filtered: 2, send: 1 });
});

test('plan gives each rejected row its reason: its own, or that of the row that spoils its group', async () => {
  const spoiled = world.write(
    'spoiled.csv',
    `id,member,at,sku,amount\ns1,m1,2026-05-01,A,1.50\ns1,m1,2026-05-01,B,oops\ns2,m2,2026-05-01,A,1.00\n`,
  );
  const plan = await world.ferry(['plan', 'receipts', '--file', spoiled, '--json']);
  const { rows, faults } = JSON.parse(plan.out) as { rows: Record<string, number>; faults: object[] };
  assert.equal(rows.rejected, 2);
  const run = await world.summary(['run', 'receipts', '--file', spoiled]);
  assert.deepEqual(
    faults,
    run.errors.map(({ code, field, rows }) => ({ code, field, rows })),
  );
});

test('plan reckons with the time that answers took before', async () => {
  const plan = await world.ferry(['plan', 'receipts', '--file', file, '--json']);
  const { estimate } = JSON.parse(plan.out) as { estimate: { latencyMs: number | null } };
  assert.equal(typeof estimate.latencyMs, 'number');
});

test('preview dates a file without a date by the zone of its pipeline, as the run does', async () => {
  const profiles = world.write('profiles.csv', 'member,email\nm1,a@example.com\n');
  const ran = await world.ferry(['preview', 'profiles', '--file', profiles, '--json']);
  const { operations } = JSON.parse(ran.out) as { operations: { operation: { versionAt: string } }[] };
  await world.summary(['run', 'profiles', '--file', profiles]);
  const { rows } = await withClient(world.database.db, (client) =>
    client.query<{ at: string }>(
      `select pointferry.instant_handed(version_at) as at from pointferry.operation where kind = 'hang.member'`,
    ),
  );
  assert.deepEqual(
    operations.map(({ operation }) => operation.versionAt),
    rows.map(({ at }) => at),
  );
});

test('a deadline that cannot be met: exit 1', async () => {
  world.write(
    'pipelines/tight.ts',
    `import base from './receipts.ts';
     export default { ...base, schedule: { at: '02:00', zone: 'UTC', deadline: '02:01' } };`,
  );
  world.write(
    'pipelines/accounts/hang.ts',
    `import { defineAccount, env } from 'pointferry';
     export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
       windows: [{ limit: 1, per: '1m' }], keyRetention: '24h' });`,
  );
  const many = Array.from({ length: 5 }, (_, i) => `n${i},m1,2026-05-01,A,1.00`);
  const long = world.write('many.csv', `id,member,at,sku,amount\n${many.join('\n')}\n`);
  const plan = await world.ferry(['plan', 'tight', '--file', long]);
  assert.equal(plan.code, 1, plan.out + plan.err);
  assert.match(plan.out, /deadline/);
});
