/** csv-spectrum and csv-test-data, cell by cell against their own JSON. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bindHeader } from '../../../src/stage/header.ts';
import { delimited } from '../../../src/stage/parse/index.ts';
import { input, inputSkip } from '../../support/inputs.ts';
import { parseAll } from '../../support/parsing.ts';

const spectrum = [
  'comma_in_quotes',
  'empty',
  'empty_crlf',
  'escaped_quotes',
  'json',
  'newlines',
  'newlines_crlf',
  'quotes_and_newlines',
  'simple',
  'simple_crlf',
  'utf8',
];
const well = [
  'empty-field',
  'header-no-rows',
  'header-simple',
  'leading-space',
  'one-column',
  'quotes-empty',
  'quotes-with-comma',
  'quotes-with-escaped-quote',
  'quotes-with-newline',
  'quotes-with-space',
  'simple-crlf',
  'simple-lf',
  'trailing-newline',
  'trailing-newline-one-field',
  'trailing-space',
  'utf8',
];

const read = (path: string) => parseAll(readFileSync(input(`${path}`)), delimited());

/** Their JSON is a list of objects, or a list of lists whose first is the header. */
function rowsOf(json: unknown): string[][] {
  assert.ok(Array.isArray(json));
  const rows = json.map((row: unknown) => Object.values(row ?? {}).map(String));
  return Array.isArray(json[0]) ? rows.slice(1) : rows;
}

for (const name of spectrum) {
  const skip = inputSkip('csv-spectrum');
  test(`csv-spectrum ${name}: every cell as its JSON says`, { skip }, async () => {
    const { header, good, damaged } = await read(`csv-spectrum/csvs/${name}.csv`);
    const json: unknown = JSON.parse(readFileSync(input(`csv-spectrum/json/${name}.json`), 'utf8'));
    assert.deepEqual(
      good.map(({ cells }) => [...cells]),
      rowsOf(json),
    );
    assert.deepEqual(header?.names, Object.keys((json as object[])[0] ?? {}));
    assert.equal(damaged.length, 0);
  });
}

for (const name of well) {
  const skip = inputSkip('csv-test-data');
  test(`csv-test-data ${name}: every cell as its JSON says`, { skip }, async () => {
    const { good, damaged } = await read(`csv-test-data/csv/${name}.csv`);
    const json: unknown = JSON.parse(readFileSync(input(`csv-test-data/json/${name}.json`), 'utf8'));
    assert.deepEqual(
      good.map(({ cells }) => [...cells]),
      rowsOf(json),
    );
    assert.equal(damaged.length, 0);
  });
}

const skip = inputSkip('csv-test-data');

test('csv-test-data: lines that are all empty are no rows, two and one are skipped', { skip }, async () => {
  const empty = await read('csv-test-data/csv/all-empty.csv');
  assert.deepEqual([empty.summary.records, empty.summary.skippedLines.blank, empty.header], [0, 2, null]);
  const one = await read('csv-test-data/csv/empty-one-column.csv');
  assert.deepEqual([one.summary.records, one.summary.skippedLines.blank], [0, 1]);
  assert.deepEqual(one.header?.names, ['foo']);
});

test('csv-test-data: the wrong header is refused, no header is an empty file', { skip }, async () => {
  const { header } = await read('csv-test-data/csv/bad-header-wrong-header.csv');
  const needed = ['foo', 'bar', 'baz'].map((name) => ({ name, required: true }));
  assert.throws(() => bindHeader(header?.names ?? [], needed), { code: 'STAGE_HEADER' });
  const none = await read('csv-test-data/csv/bad-header-no-header.csv');
  assert.deepEqual([none.header, none.summary.records, none.summary.lines], [null, 0, 0]);
});

for (const [name, code] of [
  ['bad-header-less-fields', 'STAGE_COLUMN_COUNT'],
  ['bad-header-more-fields', 'STAGE_COLUMN_COUNT'],
  ['bad-missing-quote', 'STAGE_QUOTE_UNCLOSED'],
  ['bad-quotes-with-unescaped-quote', 'STAGE_QUOTE_STRAY'],
  ['bad-unescaped-quote', 'STAGE_QUOTE_STRAY'],
] as const) {
  test(`csv-test-data ${name}: read 1, rejected 1, ${code}`, { skip }, async () => {
    const { good, damaged, summary } = await read(`csv-test-data/csv/${name}.csv`);
    assert.deepEqual([summary.records, summary.damaged, good.length], [1, 1, 0]);
    assert.deepEqual(
      damaged.map((d) => [d.code, d.line]),
      [[code, 2]],
    );
    const lines = readFileSync(input(`csv-test-data/csv/${name}.csv`), 'utf8').split('\n');
    assert.equal(damaged[0]?.raw.toString(), lines[1]);
  });
}
