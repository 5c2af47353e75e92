import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withClient } from '../../src/db/pool.ts';
import { add } from '../../src/ground/decimal.ts';
import { type Bucket, buckets } from '../../src/ledger/buckets.ts';
import { assertBalanced, booksOf, selectedBooks } from '../../src/report/books/books.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { definition, makeFile, makeRerun, makeRun } from '../world/ledger.ts';
import type { RowSpec } from '../world/ledger-rows.ts';

const { db } = await cloneDatabase();
const total = (rows: Readonly<Record<Bucket, number>>): number =>
  buckets.reduce((sum, bucket) => sum + rows[bucket], 0);

describe('the books', () => {
  it('count a row of every bucket once, with its amount', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      rows: buckets.map((bucket, index) => ({ bucket, amount: `${index + 1}.10` })),
    });
    const books = await booksOf(db, run);
    assert.equal(books.balanced, true);
    for (const bucket of buckets) assert.equal(books.rows[bucket], 1, bucket);
    assert.equal(books.rows.read, 9);
    assert.equal(books.amount?.USD?.read, '45.90');
    assert.deepEqual(
      buckets.map((bucket) => books.amount?.USD?.buckets[bucket]),
      ['1.10', '2.10', '3.10', '4.10', '5.10', '6.10', '7.10', '8.10', '9.10'],
    );
  });

  it('stay exact where floats are not, at the scale of the data', async () => {
    const run = await makeRun(db);
    const rows = [
      { amount: '0.1' },
      { amount: '0.2', bucket: 'failed' as const },
      { amount: '9007199254740993.001' },
      { amount: '-9007199254740993.001', bucket: 'filtered' as const },
    ];
    await makeFile(db, run, { rows });
    const { amount, balanced } = await booksOf(db, run);
    assert.equal(balanced, true);
    assert.equal(amount?.USD?.read, '0.300');
    assert.equal(amount?.USD?.buckets.delivered, '9007199254740993.101');
    assert.equal(amount?.USD?.buckets.unknown, '0.000');
  });

  it('keep currencies apart and count unreadable amounts, damaged records included', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      rows: [
        { amount: '10.00' },
        { amount: '7', currency: 'GBP', bucket: 'parked' },
        { unreadable: true, bucket: 'rejected', errors: [{ code: 'NORMALIZE_NOT_A_NUMBER' }] },
        {
          damaged: Buffer.from('a"b'),
          bucket: 'rejected',
          errors: [{ code: 'STAGE_QUOTE_STRAY', stage: 'stage' }],
        },
      ],
    });
    const { amount, balanced, rows } = await booksOf(db, run);
    assert.equal(balanced, true);
    assert.equal(rows.read, 4);
    assert.equal(amount?.USD?.unreadable.read, 2);
    assert.equal(amount?.USD?.unreadable.rejected, 2);
    assert.equal(amount?.GBP?.buckets.parked, '7');
    assert.equal(amount?.GBP?.unreadable.read, 0);
  });

  it('count records that normalize has not reached as pending, from the raw table', async () => {
    const run = await makeRun(db, {
      status: 'running',
      exit_code: null,
      stage: 'normalize',
      finished_at: null,
    });
    await makeFile(db, run, {
      rows: [
        { bucket: 'delivered', amount: '1.50' },
        { bucket: 'raw', amount: '2.25' },
        { bucket: 'raw', unreadable: true },
        { damaged: Buffer.from('x'), bucket: 'rejected', errors: [{ code: 'STAGE_NUL', stage: 'stage' }] },
      ],
      columns: { normalized_at: null },
    });
    const { amount, balanced, rows } = await booksOf(db, run);
    assert.deepEqual(
      { balanced, read: rows.read, pending: rows.pending, delivered: rows.delivered },
      { balanced: true, read: 4, pending: 2, delivered: 1 },
    );
    assert.equal(amount?.USD?.buckets.pending, '2.25');
    assert.equal(amount?.USD?.unreadable.pending, 1);
  });

  it('do not balance when a row vanished, and say where: exit code 70', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      rows: [{ amount: '1' }, { amount: '2' }],
      columns: { name: 'a.csv', records: 3 },
    });
    const books = await booksOf(db, run);
    assert.equal(books.balanced, false);
    assert.deepEqual(books.differences, ['a.csv: 3 rows read, 2 accounted for, difference 1']);
    assert.throws(() => assertBalanced(books, run), { code: 'REPORT_NOT_BALANCED', exitCode: 70 });
  });

  it('do not balance when a file has what another one lacks', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, { rows: [{}, {}], columns: { records: 1 } });
    await makeFile(db, run, { rows: [{}, {}], columns: { records: 3 } });
    const books = await booksOf(db, run);
    assert.equal(books.rows.read, total(books.rows));
    assert.equal(books.balanced, false);
    assert.equal(books.differences.length, 2);
  });

  it('do not balance when an amount or an unreadable one went astray', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      rows: [{ amount: '1.00' }],
      columns: { amounts: { USD: { sum: '1.01', rows: 1, unreadable: 1 } } },
    });
    const { differences } = await booksOf(db, run);
    assert.deepEqual(differences, [
      'USD: read 1.01, accounted for 1.00, difference 0.01',
      'USD: 1 unreadable amounts read, 0 accounted for',
    ]);
  });

  it('have no amount where the pipeline has none', async () => {
    const run = await makeRun(db, { definition: { ...definition, amount: undefined } });
    await makeFile(db, run, {
      rows: [
        {},
        { damaged: Buffer.from('x'), bucket: 'rejected', errors: [{ code: 'STAGE_NUL', stage: 'stage' }] },
      ],
    });
    const books = await booksOf(db, run);
    assert.deepEqual({ balanced: books.balanced, amount: books.amount }, { balanced: true, amount: null });
  });

  it('keep the amount as first read, and show edits apart', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, { rows: [{ amount: '10.00', corrected: '12.50' }, { amount: '1.00' }] });
    const { amount, balanced } = await booksOf(db, run);
    assert.deepEqual(
      { balanced, read: amount?.USD?.read, corrected: amount?.USD?.corrected },
      { balanced: true, read: '11.00', corrected: '2.50' },
    );
  });

  it('of a rerun are a view over rows that belong to others', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {
      rows: [
        { amount: '1.00' },
        { amount: '2.00', bucket: 'failed' },
        { amount: '4.00', bucket: 'duplicate' },
      ],
    });
    const rerun = await makeRerun(
      db,
      [run],
      [
        [file.id, 1],
        [file.id, 2],
      ],
    );
    const selected = await withClient(db, (client) => selectedBooks(client, rerun));
    assert.deepEqual(
      { read: selected.rows.read, delivered: selected.rows.delivered, failed: selected.rows.failed },
      { read: 2, delivered: 1, failed: 1 },
    );
    assert.equal(selected.amount?.USD?.read, '3.00');
    assert.equal((await booksOf(db, rerun)).rows.read, 0);
    assert.equal((await booksOf(db, run)).balanced, true);
  });

  it('give nine buckets that sum to what was read, whatever the rows are', async () => {
    const row = fc.record({
      bucket: fc.constantFrom<Bucket | 'raw'>(...buckets, 'raw'),
      amount: fc.option(fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(6)).map(decimal), {
        nil: null,
      }),
      currency: fc.constantFrom('USD', 'GBP'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows: RowSpec[]) => {
        const run = await makeRun(db);
        await makeFile(db, run, { rows, columns: { normalized_at: null } });
        const books = await booksOf(db, run);
        assert.equal(books.balanced, true, books.differences.join());
        assert.equal(total(books.rows), rows.length);
        for (const one of Object.values(books.amount ?? {})) {
          const sum = buckets.reduce((left, bucket) => add(left, one.buckets[bucket]), '0');
          assert.equal(sum, one.read);
        }
      }),
      { numRuns: 25 },
    );
  });
});

const decimal = ([units, scale]: [bigint, number]): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
};
