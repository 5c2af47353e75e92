import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  account,
  addMembers,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();
await addMembers(db, { m1: 'mem_1', m2: 'mem_2' });

const cells = (
  id: string,
  amount: string,
  more: Partial<Record<'member' | 'type' | 'at' | 'sku', string>> = {},
): string[] => [
  id,
  more.member ?? 'm1',
  more.type ?? 'purchase',
  amount,
  more.at ?? '2026-05-11 14:02',
  more.sku ?? 'sku',
];

test('one rejected line rejects its group, naming the line at fault', async () => {
  const run = await stagedRun(db, lines, [
    { header: linesHeader, rows: [cells('i1', '1.00'), cells('i1', 'x'), cells('i2', '2.00')] },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ bucket, codes }) => ({ bucket, codes })),
    [
      { bucket: 'rejected', codes: ['NORMALIZE_GROUP_INCOMPLETE'] },
      { bucket: 'rejected', codes: ['NORMALIZE_NOT_A_NUMBER'] },
      { bucket: 'pending', codes: [] },
    ],
  );
  assert.match(rows[0]?.reasons[0] ?? '', /line 3 /);
  assert.deepEqual(
    rows.map(({ group_key }) => group_key),
    ['i1', 'i1', 'i2'],
  );
  assert.deepEqual(
    rows.map(({ amount, unreadable }) => [amount, unreadable]),
    [
      ['1.00', false],
      [null, true],
      ['2.00', false],
    ],
  );
});

test('filtered lines leave before the group is judged', async () => {
  const run = await stagedRun(db, { ...lines, where: { type: { not: 'refund' } } }, [
    {
      header: linesHeader,
      rows: [
        cells('f1', '1.00'),
        cells('f1', 'x', { type: 'refund' }),
        cells('f2', '-5', { type: 'refund' }),
      ],
    },
  ]);
  const counts = await normalize(db, run);
  assert.equal(counts?.filtered, 2);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ bucket }) => bucket),
    ['pending', 'filtered', 'filtered'],
  );
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ value }) => value),
    ['1.00'],
  );
});

test('the groups directly before and after a damaged record are uncertain', async () => {
  const run = await stagedRun(db, lines, [
    {
      header: linesHeader,
      rows: [
        cells('u1', '1'),
        cells('u2', '2'),
        cells('u2', '3'),
        cells('u3', '4'),
        cells('u3', '5'),
        cells('u4', '6'),
      ],
      damaged: [4, 5],
    },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ record, codes }) => [record, codes[0] ?? 'ok']),
    [
      [1, 'ok'],
      [2, 'NORMALIZE_GROUP_UNCERTAIN'],
      [3, 'NORMALIZE_GROUP_UNCERTAIN'],
      [4, 'STAGE_COLUMN_COUNT'],
      [5, 'STAGE_COLUMN_COUNT'],
      [6, 'NORMALIZE_GROUP_UNCERTAIN'],
      [7, 'NORMALIZE_GROUP_UNCERTAIN'],
      [8, 'ok'],
    ],
  );
  assert.equal(
    rows[1]?.reasons[0],
    'record 4 (line 5) of f1.csv and 1 more could not be parsed and may be a row of this group',
  );
});

test('values that must agree and do not reject the group', async () => {
  const run = await stagedRun(db, lines, [
    {
      header: linesHeader,
      rows: [
        cells('d1', '1'),
        cells('d1', '2', { member: 'm2' }),
        cells('d2', '1', { at: '2026-05-11 14:03' }),
        cells('d2', '1'),
      ],
    },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ codes }) => codes),
    [['NORMALIZE_GROUP_DISAGREES'], ['NORMALIZE_GROUP_DISAGREES'], [], []],
  );
  assert.deepEqual(rows[0]?.fields, ['member_id']);
});

test('take says which value an operation has', async () => {
  const at = ['2026-05-11 14:03', '2026-05-11 14:01', '2026-05-11 14:02'];
  for (const [take, expected] of [
    ['min', '14:01'],
    ['max', '14:03'],
    ['first', '14:03'],
    ['last', '14:02'],
  ] as const) {
    const pipeline: Pipeline = { ...lines, group: { by: 'transaction_id', take: { at: take } } };
    const run = await stagedRun(db, pipeline, [
      { header: linesHeader, rows: at.map((when) => cells(`take-${take}`, '1', { at: when })) },
    ]);
    await normalize(db, run);
    assert.deepEqual(
      (await operationsOf(db, run)).map(({ payload }) => payload.transaction_timestamp),
      [`2026-05-11T${expected}:00.000Z`],
    );
  }
});

test('a group whose sum is negative is rejected, a single negative line is not', async () => {
  const run = await stagedRun(db, lines, [
    { header: linesHeader, rows: [cells('n1', '5'), cells('n1', '-2'), cells('n2', '-2'), cells('n3', '0')] },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ codes }) => codes),
    [[], [], ['NORMALIZE_NEGATIVE_VALUE'], []],
  );
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ value }) => value),
    ['3', '0'],
  );
});

test('an empty group key is a fault of its own row', async () => {
  const run = await stagedRun(db, lines, [
    { header: linesHeader, rows: [cells('', '1'), cells('', '2'), cells('e1', '3')] },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ codes }) => codes),
    [['NORMALIZE_REQUIRED'], ['NORMALIZE_REQUIRED'], []],
  );
});

/** Order-level cells stand only on the first row of an order. */
const shopify: Pipeline = {
  account,
  operation: 'hang.activity',
  source: { kind: 'local', path: 'x' },
  identity: { source: 'shopify', columns: ['Name'] },
  group: { by: 'Name', fill: ['Financial Status'] },
  columns: {
    member: { from: 'Email', case: 'lower', via: { crosswalk: 'email' }, unknown: 'reject' },
    activity_type_id: { constant: 'order' },
    value: { from: 'Subtotal' },
    transaction_timestamp: { from: 'Created at', format: 'yyyy-MM-dd HH:mm:ss XXX' },
    line_items: {
      item_id: { from: 'Lineitem sku' },
      value: { compute: '"Lineitem price" * "Lineitem quantity"' },
    },
  },
  amount: { from: 'Subtotal', per: 'group', currency: { from: 'Currency' } },
  where: { 'Financial Status': 'paid' },
};
const shopifyHeader = [
  'Name',
  'Email',
  'Financial Status',
  'Currency',
  'Subtotal',
  'Created at',
  'Lineitem quantity',
  'Lineitem price',
  'Lineitem sku',
];

test('order-level cells that stand on the first row alone count for the whole order', async () => {
  await addMembers(db, { 'ann@example.com': 'mem_ann' }, 'email');
  const run = await stagedRun(db, shopify, [
    {
      header: shopifyHeader,
      rows: [
        ['#1', 'Ann@example.com', 'paid', 'EUR', '30.00', '2026-05-01 10:00:00 +0200', '2', '10.00', 'A'],
        ['#1', '', '', '', '', '2026-05-01 10:00:00 +0200', '1', '10.00', 'B'],
        ['#2', 'Ann@example.com', 'refunded', 'EUR', '7.00', '2026-05-01 10:00:00 +0200', '1', '7.00', 'C'],
        ['#2', '', '', '', '', '2026-05-01 10:00:00 +0200', '1', '0.00', 'D'],
        ['#3', 'Ann@example.com', 'paid', 'USD', '1.00', '2026-05-01 10:00:00 +0200', '1', '1.00', 'E'],
        ['#3', '', '', '', '2.00', '2026-05-01 10:00:00 +0200', '1', '1.00', 'F'],
        ['#4', 'bob@example.com', 'paid', 'USD', 'x', '2026-05-01 10:00:00 +0200', '1', '1.00', 'G'],
      ],
    },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ bucket, amount, currency, unreadable }) => [bucket, amount, currency, unreadable]),
    [
      ['pending', '30.00', 'EUR', false],
      ['pending', '0', 'EUR', false],
      ['filtered', '7.00', 'EUR', false],
      ['filtered', '0', 'EUR', false],
      ['rejected', '1.00', 'USD', false],
      ['rejected', '0', 'USD', false],
      ['rejected', null, 'USD', true],
    ],
  );
  assert.deepEqual(rows[4]?.codes, ['NORMALIZE_GROUP_INCOMPLETE']);
  assert.deepEqual(rows[5]?.codes, ['NORMALIZE_GROUP_DISAGREES']);
  assert.deepEqual(rows[6]?.codes, ['NORMALIZE_NOT_A_NUMBER']);
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ payload, subject }) => ({ payload, subject })),
    [
      {
        subject: 'mem_ann',
        payload: {
          activity_type_id: 'order',
          value: '30.00',
          transaction_timestamp: '2026-05-01T08:00:00.000Z',
          line_items: [
            { item_id: 'A', value: '20.00' },
            { item_id: 'B', value: '10.00' },
          ],
        },
      },
    ],
  );
});

test('whatever becomes of the rows, their amounts add up to what stage counted', async () => {
  const rows = Array.from({ length: 400 }, (_, index) =>
    cells(`p${index % 97}`, ['1.10', '-0.35', 'x', '', '1e5', 'NaN', '12'][index % 7] ?? '', {
      type: index % 11 === 0 ? 'refund' : 'purchase',
      member: index % 13 === 0 ? 'nobody' : 'm1',
      at: index % 17 === 0 ? 'late' : '2026-05-11 14:02',
    }),
  );
  const run = await stagedRun(db, { ...lines, where: { type: { not: 'refund' } } }, [
    { header: linesHeader, rows },
  ]);
  await normalize(db, run);
  const found = await rowsOf(db, run);
  assert.equal(found.length, rows.length);
  assert.equal(
    found.filter((row) => row.unreadable).length,
    rows.filter((row) => ['x', '', '1e5', 'NaN'].includes(row[3] ?? '')).length,
  );
  const hundredths = (text: string | null): number => Math.round(Number(text ?? 0) * 100);
  const expected = rows.reduce(
    (sum, row) => sum + (/^-?[\d.]+$/.test(row[3] ?? '') ? hundredths(row[3] ?? '') : 0),
    0,
  );
  assert.equal(
    found.reduce((sum, row) => sum + hundredths(row.amount), 0),
    expected,
  );
  const buckets = new Set(found.map(({ bucket }) => bucket));
  assert.ok(buckets.has('filtered') && buckets.has('rejected') && buckets.size >= 2);
});
