/** Cells that no index can hold: their rows are rejected, whatever they are the key of, and their neighbours are sent. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { makeWorld, runFile, type Summary } from '../world/world.ts';

const event = (source: string, more: string) => `{
    account: 'hang', operation: 'hang.activity', source: local('in/${source}.csv'), identity: { source: '${source}', columns: ['id'] },
    columns: {
      member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { sum: 'value' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
    amount: { from: 'value', currency: 'USD' }, ${more}
  }`;

const world = await makeWorld({
  sales: event('sales', '').replace(`{ sum: 'value' }`, `{ from: 'value' }`),
  tickets: event('tickets', `group: { by: ['id', 'till'] },`),
  walk: event('walk', '')
    .replace(`{ sum: 'value' }`, `{ from: 'value' }`)
    .replace(`member: { from: 'member' }`, `member: { from: 'member', via: 'crosswalk' }`),
  profiles: `{ account: 'hang', operation: 'hang.member', source: local('in/profiles.csv'),
    version: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    columns: { member: { from: 'member' }, email: { from: 'email' } } }`,
});

/** 4,500 bytes that do not compress, as base64. */
const long = () => randomBytes(4_500).toString('base64');
const at = '2026-05-01 10:00';

/** Writes a file of these rows and runs its pipeline. */
async function night(pipeline: string, header: string, rows: readonly string[]): Promise<Summary> {
  world.write(`in/${pipeline}.csv`, `${[header, ...rows].join('\n')}\n`);
  return await world.summary(['run', pipeline]);
}

const groups = ({ errors }: Summary): string[] =>
  errors.map(({ code, field, rows }) => `${code} ${field} ${rows}`);

test('a transaction or member that is too long: its row alone is rejected', async () => {
  const rows = [
    `a,m1,1.00,${at}`,
    `${long()},m2,2.00,${at}`,
    `c,m3,4.00,${at}`,
    `d,${long()},8.00,${at}`,
    `e,m4,16.00,${at}`,
  ];
  const run = await night('sales', 'id,member,value,at', rows);
  assert.deepEqual(
    {
      exitCode: run.exitCode,
      delivered: run.rows.delivered,
      rejected: run.rows.rejected,
      balanced: run.balanced,
    },
    { exitCode: 1, delivered: 3, rejected: 2, balanced: true },
  );
  assert.deepEqual(groups(run).sort(), ['NORMALIZE_TOO_LONG id 1', 'NORMALIZE_TOO_LONG member 1']);
  assert.equal(run.amount?.USD?.delivered, '21.00');
  assert.match(runFile(world, 'sales', 'errors.csv'), /the identity is longer than the 512 bytes of a key/);
});

test('plan says the same beforehand, and a person who shortens the cell sends the row', async () => {
  const planned = JSON.parse((await world.ferry(['plan', 'sales', '--json'])).out);
  assert.deepEqual(
    { rejected: planned.rows.rejected, duplicate: planned.rows.duplicate },
    { rejected: 2, duplicate: 3 },
  );
  const fixed = runFile(world, 'sales', 'errors.csv').replaceAll(/"[A-Za-z0-9+/=]{6000}"/g, '"short"');
  const again = await world.summary(['rerun', 'sales@last', '--from', world.write('fixed.csv', fixed)]);
  assert.deepEqual(
    { exitCode: again.exitCode, delivered: again.selected?.delivered },
    { exitCode: 0, delivered: 2 },
  );
});

test('a group key that is too long takes only the rows with that key', async () => {
  const key = long();
  const rows = [
    `a,m1,1.00,${at},1`,
    `b,m2,2.00,${at},${key}`,
    `b,m2,2.00,${at},${key}`,
    `b,m2,4.00,${at},2`,
    `c,m3,8.00,${at},3`,
  ];
  const run = await night('tickets', 'id,member,value,at,till', rows);
  assert.deepEqual(
    {
      exitCode: run.exitCode,
      delivered: run.rows.delivered,
      rejected: run.rows.rejected,
      balanced: run.balanced,
    },
    { exitCode: 1, delivered: 3, rejected: 2, balanced: true },
  );
  assert.deepEqual(groups(run), ['NORMALIZE_TOO_LONG id+till 2']);
});

test('a key of the crosswalk that is too long is rejected, never parked, and members import takes the other lines', async () => {
  const key = long();
  world.write('members.csv', `key,member_id\n${key},mem_1\nm1,mem_1\nm2,${long()}\nm3,mem_3\n`);
  const imported = await world.ferry(['members', 'import', 'members.csv', '--account', 'hang']);
  assert.equal(imported.code, 1);
  assert.match(
    imported.out,
    /2 added, 0 known, 0 conflicting, 0 unreadable, 2 too long\n.*NORMALIZE_TOO_LONG.*: 2, 4/,
  );
  const run = await night('walk', 'id,member,value,at', [
    `a,m1,1.00,${at}`,
    `b,${key},2.00,${at}`,
    `c,m3,4.00,${at}`,
    `d,m9,8.00,${at}`,
  ]);
  assert.deepEqual(
    {
      exitCode: run.exitCode,
      delivered: run.rows.delivered,
      rejected: run.rows.rejected,
      parked: run.rows.parked,
    },
    { exitCode: 1, delivered: 2, rejected: 1, parked: 1 },
  );
});

test('a member of a state that is too long: its row alone is rejected', async () => {
  const run = await night('profiles', 'member,at,email', [
    `m1,${at},a@example.com`,
    `${long()},${at},b@example.com`,
    `m3,${at},c@example.com`,
  ]);
  assert.deepEqual(
    { exitCode: run.exitCode, delivered: run.rows.delivered, rejected: run.rows.rejected },
    { exitCode: 1, delivered: 2, rejected: 1 },
  );
});
