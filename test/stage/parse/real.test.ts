/** Real files, counted; and naughty strings in every cell. */
import assert from 'node:assert/strict';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stringify } from 'csv-stringify/sync';
import { delimited, parseRecords } from '../../../src/stage/parse/index.ts';
import { gather, parseAll } from '../../support/parsing.ts';
import { shared, sharedSkip } from '../../support/shared.ts';

async function count(path: string): Promise<number> {
  const { good, damaged, summary } = await gather(
    parseRecords(createReadStream(shared(`data/${path}`)), delimited()),
  );
  assert.deepEqual(damaged.slice(0, 3), [], path);
  assert.equal(good.length, summary.records);
  return good.length;
}

test('Online Retail: 209,029 rows in 141 files, none damaged', {
  skip: sharedSkip('data/online-retail'),
}, async () => {
  const files = readdirSync(shared('data/online-retail')).filter((name) => name.endsWith('.csv'));
  let rows = 0;
  for (const file of files) rows += await count(`online-retail/${file}`);
  assert.deepEqual([files.length, rows], [141, 209_029]);
});

test('Maven Market and the valid phones: as many rows as stated', {
  skip: sharedSkip('data/maven-market'),
}, async () => {
  const rows = [
    await count('maven-market/MavenMarket_Customers.csv'),
    await count('maven-market/MavenMarket_Transactions_1997.csv'),
    await count('maven-market/MavenMarket_Returns_1997-1998.csv'),
    await count('phones-valid.csv'),
  ];
  assert.deepEqual(rows, [10_281, 86_837, 7_087, 1_131]);
});

test('naughty strings arrive in every cell as they are', { skip: sharedSkip('data/blns.json') }, async () => {
  const strings: string[] = JSON.parse(readFileSync(shared('data/blns.json'), 'utf8'));
  const rows = strings.map((text, i) => [text, String(i), text, 'x', text]);
  for (const quoted of [true, false]) {
    const bytes = Buffer.from(
      stringify([['a', 'b', 'c', 'd', 'e'], ...rows], { quoted, record_delimiter: '\n' }),
    );
    const { good, damaged } = await parseAll(bytes, delimited());
    assert.deepEqual([good.map(({ cells }) => cells), damaged.length], [rows, 0]);
  }
  assert.equal(strings.length, 515);
});
