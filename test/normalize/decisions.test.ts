/** What a row meets under its identity decides: every cell of docs/architecture.md#what-an-event-meets-under-its-identity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  addMembers,
  flat,
  flatHeader,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  put,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();
await addMembers(db, { m1: 'mem_1', m2: 'mem_2' });

const line = (id: string, amount: string): string[] => [id, 'm1', 'purchase', amount, '2026-05-11 14:02'];
const one = (id: string, amount: string, more: { correctionOf?: number } = {}) => [
  { header: flatHeader, rows: [line(id, amount)], ...more },
];

const changed = ['NORMALIZE_CHANGED_AFTER_DELIVERY'];
const conflict = ['NORMALIZE_IDENTITY_CONFLICT'];
const table = [
  { state: 'delivered', same: 'duplicate', other: changed },
  { state: 'sending', same: 'pending', other: changed },
  { state: 'in_doubt', same: 'pending', other: changed },
  { state: 'unknown', same: 'unknown', other: changed },
  { state: 'ready', same: 'pending', other: conflict },
  { state: 'parked', same: 'parked', other: conflict },
  { state: 'failed', same: 'failed', other: conflict },
  { state: 'rejected', same: 'rejected', other: conflict },
] as const;

for (const { state, same, other } of table) {
  test(`an event that meets one that is ${state}`, async () => {
    const id = `decide-${state}`;
    const first = await stagedRun(db, flat, one(id, '12.50'));
    await normalize(db, first);
    await put(db, first, state);
    const again = await stagedRun(db, flat, one(id, '12.5'));
    await normalize(db, again);
    const [row] = await rowsOf(db, again);
    assert.equal(row?.role, 'joins');
    assert.equal(row?.bucket, same);
    assert.deepEqual(await operationsOf(db, again), [], 'nothing new to send');
    const later = await stagedRun(db, flat, one(id, '13.00'));
    const counts = await normalize(db, later);
    assert.equal(counts?.conflicts, 1, 'counted before the ledger is touched');
    const [refused] = await rowsOf(db, later);
    assert.equal(refused?.role, 'rejected');
    assert.deepEqual(refused?.codes, other);
    assert.match(refused?.reasons[0] ?? '', /12\.50.*13\.00/, 'both amounts are shown');
    assert.deepEqual(refused?.fields, ['transaction_id']);
    assert.equal((await rowsOf(db, first))[0]?.role, 'carries', 'what came first stays as it was');
  });
}

for (const state of ['ready', 'parked', 'failed', 'rejected']) {
  test(`a correction of the same file takes the place of an event that is ${state}`, async () => {
    const id = `correct-${state}`;
    const first = await stagedRun(db, flat, one(id, '12.50'));
    await normalize(db, first);
    const [before] = await operationsOf(db, first);
    await put(db, first, state);
    const corrected = await stagedRun(db, flat, one(id, '13.00', { correctionOf: first.files[0] ?? 0 }));
    await normalize(db, corrected);
    const [operation] = await operationsOf(db, corrected);
    assert.equal(operation?.id, before?.id, 'the same operation');
    assert.deepEqual(
      {
        state: operation?.state,
        revision: operation?.revision,
        value: operation?.value,
        payload: operation?.payload.value,
      },
      { state: 'ready', revision: 1, value: '13.00', payload: '13.00' },
    );
    assert.notEqual(operation?.key, before?.key, 'a new revision has a new key');
    assert.deepEqual(
      (await rowsOf(db, corrected)).map(({ role }) => role),
      ['carries'],
    );
    assert.deepEqual(
      (await rowsOf(db, first)).map(({ role, bucket }) => [role, bucket]),
      [['carries', 'pending']],
    );
    await put(db, corrected, 'delivered');
    assert.equal((await rowsOf(db, corrected))[0]?.bucket, 'delivered');
    assert.equal((await rowsOf(db, first))[0]?.bucket, 'duplicate');
  });
}

test('a correction of what was claimed in between is refused', async () => {
  const first = await stagedRun(db, flat, one('claimed', '12.50'));
  await normalize(db, first);
  const [operation] = await operationsOf(db, first);
  await withClient(db, (client) =>
    client.query('update pointferry.lane set in_flight = $1, token = 1 where id = $2', [
      operation?.id,
      operation?.lane,
    ]),
  );
  const corrected = await stagedRun(db, flat, one('claimed', '13.00', { correctionOf: first.files[0] ?? 0 }));
  await normalize(db, corrected);
  assert.deepEqual((await rowsOf(db, corrected))[0]?.codes, changed);
  await withClient(db, (client) =>
    client.query('update pointferry.lane set in_flight = null, token = null where id = $1', [
      operation?.lane,
    ]),
  );
});

test('a correction of a correction', async () => {
  const first = await stagedRun(db, flat, one('twice', '1'));
  await normalize(db, first);
  const second = await stagedRun(db, flat, one('twice', '2', { correctionOf: first.files[0] ?? 0 }));
  await normalize(db, second);
  const third = await stagedRun(db, flat, one('twice', '3', { correctionOf: second.files[0] ?? 0 }));
  await normalize(db, third);
  assert.deepEqual(
    (await operationsOf(db, third)).map(({ value, revision }) => ({ value, revision })),
    [{ value: '3', revision: 2 }],
  );
});

test('within a run the same row twice is one operation, and other content rejects both', async () => {
  const run = await stagedRun(db, flat, [
    {
      header: flatHeader,
      rows: [line('r1', '1.00'), line('r1', '1.0'), line('r2', '5'), line('r2', '6'), line('r3', '7')],
    },
    { header: flatHeader, rows: [line('r1', '1'), line('r3', '8')] },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ role }) => role),
    ['carries', 'joins', 'rejected', 'rejected', 'rejected', 'joins', 'rejected'],
  );
  assert.deepEqual(
    rows.flatMap(({ codes }) => codes),
    Array.from({ length: 4 }, () => conflict[0]),
  );
  assert.equal((await operationsOf(db, run)).length, 1);
});

test('equal rows of one group are lines, and none of them is a duplicate', async () => {
  const cells = [...line('same-lines', '2.00'), 'sku'];
  const run = await stagedRun(db, lines, [{ header: linesHeader, rows: [cells, cells] }]);
  await normalize(db, run);
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ value }) => value),
    ['4.00'],
  );
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role }) => role),
    ['carries', 'carries'],
  );
});

test('a group that stands in two files of a run: duplicate with the same lines in any order, else all rejected', async () => {
  const a = [...line('split-1', '2.00'), 'a'];
  const b = [...line('split-1', '3.00'), 'b'];
  const c = [...line('split-2', '4.00'), 'c'];
  const run = await stagedRun(db, lines, [
    { header: linesHeader, rows: [a, b, c] },
    { header: linesHeader, rows: [b, a, c, c] },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ role }) => role),
    ['carries', 'carries', 'rejected', 'joins', 'joins', 'rejected', 'rejected'],
  );
});

test('lines of a group come together across files where the pipeline says so', async () => {
  const across = { ...lines, group: { by: 'transaction_id', across: 'files' as const } };
  const run = await stagedRun(db, across, [
    { header: linesHeader, rows: [[...line('across', '2.00'), 'a']] },
    { header: linesHeader, rows: [[...line('across', '3.00'), 'b']] },
  ]);
  await normalize(db, run);
  const operations = await operationsOf(db, run);
  assert.deepEqual(
    operations.map(({ value, payload }) => ({ value, items: payload.line_items })),
    [
      {
        value: '5.00',
        items: [
          { item_id: 'a', value: '2.00' },
          { item_id: 'b', value: '3.00' },
        ],
      },
    ],
  );
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role, operation }) => ({ role, operation })),
    [
      { role: 'carries', operation: operations[0]?.id },
      { role: 'carries', operation: operations[0]?.id },
    ],
  );
});
