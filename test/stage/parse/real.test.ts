/** Real files, counted; and naughty strings in every cell. */
import assert from 'node:assert/strict';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stringify } from 'csv-stringify/sync';
import { delimited, parseRecords } from '../../../src/stage/parse/index.ts';
import { input, inputSkip } from '../../support/inputs.ts';
import { gather, parseAll } from '../../support/parsing.ts';

async function count(path: string): Promise<number> {
  const { good, damaged, summary } = await gather(
    parseRecords(createReadStream(input(`${path}`)), delimited()),
  );
  assert.deepEqual(damaged.slice(0, 3), [], path);
  assert.equal(good.length, summary.records);
  return good.length;
}

test('Online Retail: 209,029 rows in 141 files, none damaged', {
  skip: inputSkip('online-retail'),
}, async () => {
  const files = readdirSync(input('online-retail')).filter((name) => name.endsWith('.csv'));
  let rows = 0;
  for (const file of files) rows += await count(`online-retail/${file}`);
  assert.deepEqual([files.length, rows], [141, 209_029]);
});

test('Maven Market: as many rows as stated', { skip: inputSkip('maven-market') }, async () => {
  const rows = {
    customers: await count('maven-market/MavenMarket_Customers.csv'),
    transactions: await count('maven-market/MavenMarket_Transactions_1997.csv'),
    returns: await count('maven-market/MavenMarket_Returns_1997-1998.csv'),
  };
  assert.deepEqual(rows, { customers: 10_281, transactions: 86_837, returns: 7_087 });
});

test('the valid phones: as many rows as stated', { skip: inputSkip('phones-valid.csv') }, async () => {
  assert.equal(await count('phones-valid.csv'), 1_131);
});

test('naughty strings arrive in every cell as they are', { skip: inputSkip('blns.json') }, async () => {
  const strings: string[] = JSON.parse(readFileSync(input('blns.json'), 'utf8'));
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
