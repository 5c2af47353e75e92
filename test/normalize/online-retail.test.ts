/** 141 trading days of a real shop, normalized as one run. The data stay outside of the repository. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { withClient } from '../../src/db/pool.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { account, addMembers, normalize, stagedRun } from './support.ts';

const folder = path.join(import.meta.dirname, '../../../shared/data/online-retail');
const isThere = existsSync(folder);
if (!isThere && process.env.CI === 'true') throw new Error(`${folder} is not there`);

const pipeline: Pipeline = {
  account,
  operation: 'hang.activity',
  source: { kind: 'local', path: 'in/*.csv' },
  businessDate: { fileName: '{yyyy-MM-dd}' },
  identity: { source: 'online-retail', columns: ['InvoiceNo'] },
  group: { by: 'InvoiceNo', take: { InvoiceDate: 'min' } },
  columns: {
    member: { from: 'CustomerID', clean: 'trailing .0', via: 'crosswalk' },
    activity_type_id: { constant: 'purchase' },
    value: { sum: { compute: 'Quantity * UnitPrice' } },
    transaction_timestamp: { from: 'InvoiceDate', format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/London' },
    line_items: { item_id: { from: 'StockCode' }, value: { compute: 'Quantity * UnitPrice' } },
  },
  amount: { compute: 'Quantity * UnitPrice', currency: 'GBP' },
  where: { CustomerID: { not: '' } },
};

test('Online Retail yields the expected books', {
  skip: isThere ? false : `${folder} is not there`,
}, async () => {
  const { db } = await cloneDatabase();
  const days = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .sort();
  const members = new Set<string>();
  const files = days.map((name) => {
    const [header = [], ...rows] = parse(readFileSync(path.join(folder, name)), {}) as string[][];
    for (const row of rows) {
      const member = (row[6] ?? '').replace(/\.0$/, '');
      if (member !== '') members.add(member);
    }
    return { header, rows, name, businessDate: name.slice(0, 10) };
  });
  await addMembers(db, Object.fromEntries([...members].map((key) => [key, `mem_${key}`])));
  const run = await stagedRun(db, pipeline, files);
  const before = performance.now();
  const counts = await normalize(db, run);
  const seconds = (performance.now() - before) / 1000;
  console.log(`Online Retail: ${counts?.read} rows in ${seconds.toFixed(1)} s`);
  assert.deepEqual(counts, {
    read: 209_029,
    damaged: 0,
    rejected: 3_590,
    filtered: 59_976,
    conflicts: 0,
    operations: 7_410,
    parked: 0,
  });
  const { rows } = await withClient(db, (client) =>
    client.query(
      `select bucket, count(*) as rows, sum(amount)::text as amount, count(*) filter (where unreadable) as unreadable
       from pointferry.row_bucket where run = $1 group by bucket order by bucket`,
      [run.id],
    ),
  );
  assert.deepEqual(rows, [
    { bucket: 'filtered', rows: 59_976, amount: '586339.55', unreadable: 0 },
    { bucket: 'pending', rows: 145_463, amount: '3332591.961', unreadable: 0 },
    { bucket: 'rejected', rows: 3_590, amount: '-212103.87', unreadable: 0 },
  ]);
  const codes = await withClient(db, (client) =>
    client.query('select code, count(*) as rows from pointferry.row_error group by code order by code'),
  );
  assert.deepEqual(codes.rows, [{ code: 'NORMALIZE_NEGATIVE_VALUE', rows: 3_590 }]);
  const value = await withClient(db, (client) =>
    client.query(
      'select count(*) as operations, sum(value)::text as value from pointferry.operation where run = $1',
      [run.id],
    ),
  );
  assert.deepEqual(value.rows, [{ operations: 7_410, value: '3332591.961' }]);
  const staged = await withClient(db, (client) =>
    client.query(
      `select sum((amounts->'GBP'->>'sum')::numeric)::text as sum from pointferry.file where run = $1`,
      [run.id],
    ),
  );
  assert.deepEqual(
    staged.rows,
    [{ sum: '3706827.641' }],
    'the left side of the books, summed over the raw tables',
  );
});
