import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PointferryError } from '../../src/ground/errors.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  addMembers,
  flat,
  flatHeader,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();
await addMembers(db, { m1: 'mem_1', m2: 'mem_2' });

test('each row of a flat file becomes one operation in the ledger', async () => {
  const run = await stagedRun(db, flat, [
    {
      header: flatHeader,
      rows: [
        ['t1', 'm1', 'purchase', '12.50', '2026-05-11 14:02'],
        ['t2', 'm2', 'gift_card', '3', '2026-05-11 14:03'],
        ['t3', 'nobody', 'purchase', '1.00', '2026-05-11 14:04'],
        ['t4', 'm1', 'refund', 'x', '2026-02-30 14:04'],
      ],
    },
  ]);
  const counts = await normalize(db, run);
  assert.deepEqual(counts, {
    read: 4,
    damaged: 0,
    rejected: 1,
    filtered: 0,
    conflicts: 0,
    operations: 3,
    parked: 1,
  });
  const operations = await operationsOf(db, run);
  assert.deepEqual(
    operations.map(({ identity, subject, state, value, payload }) => ({
      identity,
      subject,
      state,
      value,
      payload,
    })),
    [
      {
        identity: 'pos:t1',
        subject: 'mem_1',
        state: 'ready',
        value: '12.50',
        payload: {
          activity_type_id: 'activity_type_1',
          value: '12.50',
          transaction_timestamp: '2026-05-11T14:02:00.000Z',
        },
      },
      {
        identity: 'pos:t2',
        subject: 'mem_2',
        state: 'ready',
        value: '3',
        payload: {
          activity_type_id: 'activity_type_9',
          value: '3',
          transaction_timestamp: '2026-05-11T14:03:00.000Z',
        },
      },
      {
        identity: 'pos:t3',
        subject: null,
        state: 'parked',
        value: '1.00',
        payload: {
          activity_type_id: 'activity_type_1',
          value: '1.00',
          transaction_timestamp: '2026-05-11T14:04:00.000Z',
        },
      },
    ],
  );
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ bucket }) => bucket),
    ['pending', 'pending', 'parked', 'rejected'],
  );
  assert.deepEqual(
    rows.map(({ amount }) => amount),
    ['12.50', '3', '1.00', null],
  );
  assert.deepEqual(
    rows[3]?.codes,
    ['NORMALIZE_NOT_IN_LIST', 'NORMALIZE_NOT_A_DATE', 'NORMALIZE_NOT_A_NUMBER'],
    'all faults at once',
  );
});

test('lines of one transaction become one operation with its line items in order', async () => {
  const run = await stagedRun(db, lines, [
    {
      header: linesHeader,
      rows: [
        ['g1', 'm1', 'purchase', '10.00', '2026-05-11 14:03', 'a'],
        ['g2', 'm2', 'purchase', '1.00', '2026-05-11 14:02', 'b'],
        ['g1', 'm1', 'purchase', '2.505', '2026-05-11 14:02', 'c'],
      ],
    },
  ]);
  await normalize(db, run);
  const operations = await operationsOf(db, run);
  assert.deepEqual(
    operations.map(({ payload }) => payload),
    [
      {
        activity_type_id: 'activity_type_1',
        value: '12.505',
        transaction_timestamp: '2026-05-11T14:02:00.000Z',
        line_items: [
          { item_id: 'a', value: '10.00' },
          { item_id: 'c', value: '2.505' },
        ],
      },
      {
        activity_type_id: 'activity_type_1',
        value: '1.00',
        transaction_timestamp: '2026-05-11T14:02:00.000Z',
        line_items: [{ item_id: 'b', value: '1.00' }],
      },
    ],
  );
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ operation }) => operation),
    [operations[0]?.id, operations[1]?.id, operations[0]?.id],
  );
});

test('a process that stood still while another went on changes nothing when it wakes', async () => {
  const run = await stagedRun(db, { ...flat, identity: { source: 'late', columns: ['transaction_id'] } }, [
    { header: flatHeader, rows: [['l1', 'm1', 'purchase', '5.00', '2026-05-11 14:02']] },
  ]);
  // it has read how far the file is, and built it; then another one takes the run from there to the end
  const late = normalize(db, run, async () => {
    await normalize(db, run);
  });
  await assert.rejects(late, (error) => error instanceof PointferryError && error.code === 'RUN_LOST');
  assert.equal((await operationsOf(db, run)).length, 1);
  assert.equal((await rowsOf(db, run)).length, 1);
});
