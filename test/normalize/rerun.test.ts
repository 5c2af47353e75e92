/** Rejected and failed rows again: with today's mapping, or as a person edited them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  addMembers,
  flat,
  flatHeader,
  kindOf,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  put,
  rerunOf,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();
await addMembers(db, { m1: 'mem_1', m2: 'mem_2' });

const row = (id: string, amount: string, type = 'purchase', at = '2026-05-11 14:02'): string[] => [
  id,
  'm1',
  type,
  amount,
  at,
];
const line = (id: string, amount: string, sku: string): string[] => [...row(id, amount), sku];

test("a rejected row goes out with today's mapping, under the run that read it", async () => {
  const run = await stagedRun(db, flat, [
    { header: flatHeader, rows: [row('a1', '5.00', 'voucher'), row('a2', '6.00')] },
  ]);
  await normalize(db, run);
  await put(db, run, 'delivered');
  const file = run.files[0] ?? 0;
  const today: Pipeline = {
    ...flat,
    columns: {
      ...flat.columns,
      activity_type_id: { from: 'type', map: { purchase: 'activity_type_1', voucher: 'activity_type_2' } },
    },
  };
  const again = await rerunOf(db, run, [[file, 1]], today);
  const counts = await normalize(db, again);
  assert.deepEqual(
    { read: counts?.read, operations: counts?.operations, rejected: counts?.rejected },
    { read: 1, operations: 1, rejected: 0 },
  );
  const [operation] = await operationsOf(db, again);
  assert.deepEqual(
    {
      identity: operation?.identity,
      state: operation?.state,
      activity_type_id: operation?.payload.activity_type_id,
      revision: operation?.revision,
    },
    { identity: 'pos:a1', state: 'ready', activity_type_id: 'activity_type_2', revision: 0 },
  );
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ role, bucket, codes, operation: of }) => ({
      role,
      bucket,
      codes,
      mine: of === operation?.id,
    })),
    [
      { role: 'carries', bucket: 'pending', codes: [], mine: true },
      { role: 'carries', bucket: 'delivered', codes: [], mine: false },
    ],
  );
  assert.equal(await normalize(db, again), null, 'a rerun of finished work does nothing');
});

test('a row that is still at fault stays rejected, with what is wrong now', async () => {
  const run = await stagedRun(db, flat, [{ header: flatHeader, rows: [row('b1', 'x', 'voucher')] }]);
  await normalize(db, run);
  assert.equal((await rowsOf(db, run))[0]?.codes.length, 2);
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 1, { amount: '7' }]]);
  await normalize(db, again);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket, codes }) => ({ bucket, codes })),
    [{ bucket: 'rejected', codes: ['NORMALIZE_NOT_IN_LIST'] }],
  );
});

test('an edited cell counts, also in a later rerun, and the amount as first read stays', async () => {
  const run = await stagedRun(db, flat, [{ header: flatHeader, rows: [row('c1', '-5.00')] }]);
  await normalize(db, run);
  const file = run.files[0] ?? 0;
  const edited = await rerunOf(db, run, [[file, 1, { amount: '5.00' }]]);
  await normalize(db, edited);
  const [operation] = await operationsOf(db, edited);
  assert.equal(operation?.payload.value, '5.00');
  const { rows } = await db.pool.query(
    'select amount::text, corrected::text from pointferry.row where file = $1',
    [file],
  );
  assert.deepEqual(rows, [{ amount: '-5.00', corrected: '5.00' }]);
  await put(db, edited, 'failed');
  const later = await rerunOf(db, run, [[file, 1]]);
  await normalize(db, later);
  const [tried] = await operationsOf(db, later);
  assert.deepEqual(
    { id: tried?.id, value: tried?.payload.value, revision: tried?.revision, key: tried?.key },
    { id: operation?.id, value: '5.00', revision: 0, key: operation?.key },
    'the same body has the same key',
  );
});

test('a failed event whose body changes gets a new revision and key; unchanged it keeps both', async () => {
  const run = await stagedRun(db, flat, [
    { header: flatHeader, rows: [row('d1', '5.00'), row('d2', '6.00')] },
  ]);
  await normalize(db, run);
  const before = await operationsOf(db, run);
  await put(db, run, 'failed');
  const file = run.files[0] ?? 0;
  const again = await rerunOf(db, run, [
    [file, 1],
    [file, 2, { type: 'gift_card' }],
  ]);
  await normalize(db, again);
  const after = await operationsOf(db, again);
  assert.deepEqual(
    after.map(({ id, revision, state }) => ({ id, revision, state })),
    [
      { id: before[0]?.id, revision: 0, state: 'ready' },
      { id: before[1]?.id, revision: 1, state: 'ready' },
    ],
  );
  assert.equal(after[0]?.key, before[0]?.key);
  assert.notEqual(after[1]?.key, before[1]?.key);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role }) => role),
    ['carries', 'carries'],
  );
});

test('a failed row that cannot be made anew stays failed', async () => {
  const run = await stagedRun(db, flat, [{ header: flatHeader, rows: [row('e1', '5.00')] }]);
  await normalize(db, run);
  await put(db, run, 'failed');
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 1, { amount: 'x' }]]);
  await normalize(db, again);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role, bucket }) => [role, bucket]),
    [['carries', 'failed']],
  );
});

test('what was delivered in between is never sent again', async () => {
  const run = await stagedRun(db, flat, [
    { header: flatHeader, rows: [row('f1', '5.00', 'voucher'), row('f2', '5.00', 'voucher')] },
  ]);
  await normalize(db, run);
  const other = await stagedRun(db, flat, [
    { header: flatHeader, rows: [row('f1', '5.00'), row('f2', '5.00')] },
  ]);
  await normalize(db, other);
  await put(db, other, 'delivered');
  const file = run.files[0] ?? 0;
  const again = await rerunOf(db, run, [
    [file, 1, { type: 'purchase' }],
    [file, 2, { type: 'purchase', amount: '9.00' }],
  ]);
  await normalize(db, again);
  assert.deepEqual(await operationsOf(db, again), []);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket, codes }) => [bucket, ...codes]),
    [['duplicate'], ['rejected', 'NORMALIZE_CHANGED_AFTER_DELIVERY']],
  );
});

test('a conflict is settled by leaving the wrong row out', async () => {
  const run = await stagedRun(db, flat, [
    { header: flatHeader, rows: [row('g1', '5.00'), row('g1', '6.00')] },
  ]);
  await normalize(db, run);
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 2]]);
  await normalize(db, again);
  assert.deepEqual(
    (await operationsOf(db, again)).map(({ value }) => value),
    ['6.00'],
  );
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket }) => bucket),
    ['rejected', 'pending'],
  );
});

test('a selected line takes its whole group along', async () => {
  const run = await stagedRun(db, lines, [
    { header: linesHeader, rows: [line('h1', '1.00', 'a'), line('h1', 'x', 'b'), line('h2', '3.00', 'c')] },
  ]);
  await normalize(db, run);
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 2, { amount: '2.00' }]]);
  assert.equal(again.widened, 1);
  await normalize(db, again);
  const [operation] = await operationsOf(db, again);
  assert.deepEqual(
    { value: operation?.value, line_items: operation?.payload.line_items },
    {
      value: '3.00',
      line_items: [
        { item_id: 'a', value: '1.00' },
        { item_id: 'b', value: '2.00' },
      ],
    },
  );
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket, codes }) => [bucket, ...codes]),
    [['pending'], ['pending'], ['pending']],
  );
});

const damagedRun = (id: string) =>
  stagedRun(db, lines, [
    { header: linesHeader, rows: [line(`${id}-1`, '1.00', 'a'), line(`${id}-2`, '2.00', 'b')], damaged: [2] },
  ]);

test('groups beside damage stay uncertain until it is repaired, and are whole then', async () => {
  const run = await damagedRun('i');
  await normalize(db, run);
  const file = run.files[0] ?? 0;
  const early = await rerunOf(db, run, [
    [file, 1],
    [file, 2],
    [file, 3],
  ]);
  await normalize(db, early);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ codes }) => codes[0]),
    ['NORMALIZE_GROUP_UNCERTAIN', 'STAGE_COLUMN_COUNT', 'NORMALIZE_GROUP_UNCERTAIN'],
  );
  assert.equal(
    (await rowsOf(db, run))[2]?.reasons[0],
    'record 2 (line 3) of f1.csv could not be parsed and may be a row of this group',
  );
  const cells = Object.fromEntries(
    linesHeader.map((name, index) => [name, line('i-1', '5.00', 'z')[index] ?? '']),
  );
  const again = await rerunOf(db, run, [[file, 2, { _raw: 'repaired', ...cells }]]);
  assert.equal(again.widened, 2, 'the groups on both sides');
  await normalize(db, again);
  assert.deepEqual(
    (await operationsOf(db, again)).map(({ identity, value }) => [identity, value]),
    [
      ['pos:i-1', '6.00'],
      ['pos:i-2', '2.00'],
    ],
  );
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ bucket, amount, unreadable, group_key }) => [bucket, amount, unreadable, group_key]),
    [
      ['pending', '1.00', false, 'i-1'],
      ['pending', null, true, 'i-1'],
      ['pending', '2.00', false, 'i-2'],
    ],
  );
});

test('a rerun that names the code takes uncertain groups as whole', async () => {
  const run = await damagedRun('j');
  await normalize(db, run);
  const file = run.files[0] ?? 0;
  const again = await rerunOf(db, run, [
    [file, 1],
    [file, 3],
  ]);
  await normalize(db, again, undefined, true);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket }) => bucket),
    ['pending', 'rejected', 'pending'],
  );
});

test('a failed state keeps its place in the order of its subject', async () => {
  const members: Pipeline = {
    account: 'hang-test',
    operation: 'hang.member',
    source: { kind: 'local', path: 'x' },
    businessDate: { run: true },
    columns: { member: { from: 'id' }, first_name: { from: 'first' } },
  };
  const run = await stagedRun(db, members, [
    {
      header: ['id', 'first'],
      businessDate: '2026-05-10',
      rows: [
        ['s1', 'Ann'],
        ['s1', 'Bob'],
      ],
    },
  ]);
  await normalize(db, run);
  const before = await operationsOf(db, run);
  await put(db, run, 'failed', 1);
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 1, { first: 'Anna' }]]);
  await normalize(db, again);
  const [tried] = await operationsOf(db, again);
  assert.deepEqual(
    {
      id: tried?.id,
      version: tried?.version,
      revision: tried?.revision,
      first_name: tried?.payload.first_name,
      state: tried?.state,
    },
    {
      id: before[0]?.id,
      version: '2026-05-10T00:00:00.000Z',
      revision: 1,
      first_name: 'Anna',
      state: 'ready',
    },
  );
  assert.equal(kindOf('hang.member').nature, 'state');
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role }) => role),
    ['carries', 'carries'],
  );
});

test('a row whose member came too late is parked or sent anew', async () => {
  const run = await stagedRun(db, flat, [
    { header: flatHeader, rows: [['k1', 'm9', 'purchase', '1', '2026-05-11 14:02']] },
  ]);
  await normalize(db, run);
  await put(db, run, 'rejected');
  await addMembers(db, { m9: 'mem_9' });
  const again = await rerunOf(db, run, [[run.files[0] ?? 0, 1]]);
  await normalize(db, again);
  assert.deepEqual(
    (await operationsOf(db, again)).map(({ state, subject }) => [state, subject]),
    [['ready', 'mem_9']],
  );
});
