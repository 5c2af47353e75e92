/** A clean file with quoted cells, measured beside csv-parse alone on the same bytes. Prints; asks for little, since machines differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { delimited, parseRecords } from '../../../src/stage/parse/index.ts';
import { chunked } from '../../support/parsing.ts';

const ROWS = 200_000;

function transactions(rows: number): Buffer {
  const lines = ['id,member,occurred_at,store,sku,quantity,amount,currency,note,channel'];
  for (let i = 0; i < rows; i++) {
    const note = `"a ""big"" sale, no. ${i % 97}"`;
    lines.push(
      `T${1_000_000 + i},M${i % 5000},2026-01-0${(i % 9) + 1} 08:26:00,S0${i % 90},SKU-${i % 700},${(i % 5) + 1},${i % 100}.95,USD,${note},pos`,
    );
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

test('a clean file of 10 columns with quoted cells is read at nearly the speed of csv-parse alone', async () => {
  const bytes = transactions(ROWS);
  const bare = performance.now();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, Math.min(at + 128 * 1024, bytes.length - 1)) + 1;
    parse(bytes.subarray(at, end), { record_delimiter: ['\r\n', '\n', '\r'] });
    at = end;
  }
  const between = performance.now();
  let good = 0;
  const sizes = Array.from({ length: Math.ceil(bytes.length / 65_536) }, () => 65_536);
  for await (const part of parseRecords(chunked(bytes, sizes), delimited())) {
    if (part.kind === 'records') good += part.good.length;
  }
  const ours = performance.now() - between;
  assert.equal(good, ROWS);
  const rate = (ms: number) => Math.round(ROWS / ms);
  console.log(
    `parse: ${rate(ours)}k rows/s, csv-parse alone ${rate(between - bare)}k, ratio ${((between - bare) / ours).toFixed(2)}`,
  );
  assert.ok(ROWS / (ours / 1000) > 20_000, 'far slower than any machine explains');
});
