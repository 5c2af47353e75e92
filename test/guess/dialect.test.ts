/** Delimiters, quotes, encodings, and lines that are no rows. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadAll } from '../../src/pipeline/load.ts';
import { csv, guessed, guessedFile } from './support.ts';

const rows = Array.from({ length: 60 }, (_, i) => [
  `T${1000 + i}`,
  i % 7 === 0 ? `Kaffee, groß; "Haus" | ${i}` : `Tee ${i}`,
  `${i},5`,
  '2026-05-12 10:00:00',
]);
const table = [['transaction_id', 'description', 'amount', 'occurred_at'], ...rows];

test('every delimiter is found, also beside decimal commas and cells that hold the others', async () => {
  for (const delimiter of [',', ';', '\t', '|', '~', '^']) {
    const { format, columns } = await guessed(csv(table, delimiter), 'hang.activity');
    assert.deepEqual([format.delimiter ?? ',', columns.length], [delimiter, 4]);
    assert.deepEqual(columns[2]?.number?.form, { decimal: ',' });
  }
});

test('quotes: none, single ones, and backslashes before them', async () => {
  const of = async (lines: string[]) => (await guessed(`${lines.join('\n')}\n`, 'hang.activity')).format;
  const many = (line: (i: number) => string): string[] => [
    'id,note,value',
    ...Array.from({ length: 40 }, (_, i) => line(i)),
  ];
  assert.equal((await of(many((i) => `${i},5" pipe and more,${i}.50`))).quote, null);
  assert.equal((await of(many((i) => `${i},'one, two',${i}.50`))).quote, "'");
  const escaped = await of(many((i) => `${i},"a \\"big\\", sale",${i}.50`));
  assert.deepEqual({ quote: escaped.quote, escape: escaped.escape }, { quote: undefined, escape: '\\' });
});

test('encodings: byte order marks, UTF-16 without one, UTF-8, a single-byte one, and a few bad bytes', async () => {
  const text = csv([
    ['id', 'name', 'value'],
    ...Array.from({ length: 60 }, (_, i) => [i, `Zoë Müller ${i}`, `${i}.50`]),
  ]);
  const of = async (bytes: Buffer) => (await guessed(bytes, 'hang.activity')).format.encoding;
  const swapped = Buffer.from(text, 'utf16le').swap16();
  assert.equal(await of(Buffer.from(text)), undefined);
  assert.equal(await of(Buffer.from(`\ufeff${text}`)), undefined);
  assert.equal(await of(Buffer.from(`\ufeff${text}`, 'utf16le')), 'utf-16');
  assert.equal(await of(Buffer.from(text, 'utf16le')), 'utf-16le');
  assert.equal(await of(swapped), 'utf-16be');
  assert.equal(await of(Buffer.from(text, 'latin1')), 'windows-1252');
  assert.equal(
    await of(Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from('99,\x81 \x9d,1\n', 'latin1')])),
    'iso-8859-1',
  );
  const damaged = await guessed(
    Buffer.concat([Buffer.from(text), Buffer.from('99,Jos\xe9,1\n', 'latin1')]),
    'hang.activity',
  );
  assert.deepEqual(
    { encoding: damaged.format.encoding, damaged: damaged.damaged },
    { encoding: undefined, damaged: 1 },
  );
  assert.match(damaged.remarks.join(), /1 of 121 letters beyond ASCII are no UTF-8/);
});

test('lines before the header, comments, a leader and a trailer that counts are no rows', async () => {
  const body = csv(table, '|');
  const preamble = await guessed(`Export of the shops\nprinted 12 May 2026\n\n${body}`, 'hang.activity');
  assert.deepEqual(
    { preamble: preamble.format.preamble, rows: preamble.rows, damaged: preamble.damaged },
    { preamble: 2, rows: 60, damaged: 0 },
  );
  const comments = await guessed(`# of the shops\n${body}# the end\n`, 'hang.activity');
  assert.deepEqual(
    { comment: comments.format.comment, preamble: comments.format.preamble, rows: comments.rows },
    { comment: '#', preamble: undefined, rows: 60 },
  );
  const framed = await guessed(`H|POS|20260512\n${body}T|60|\n`, 'hang.activity');
  assert.deepEqual(framed.format, {
    delimiter: '|',
    leader: { first: 'H' },
    trailer: { first: 'T' },
    control: { count: 2 },
  });
  assert.equal(framed.rows, 60);
});

test('a file without a header is told by what stands in its first line', async () => {
  const bare = await guessed(csv(rows), 'hang.activity');
  assert.deepEqual(
    { header: bare.format.header, rows: bare.rows, name: bare.columns[0]?.name },
    { header: false, rows: 60, name: 'column_1' },
  );
  const named = await guessed(csv([['a', 'b', 'c', 'd'], ...rows]), 'hang.activity');
  assert.deepEqual({ header: named.format.header, rows: named.rows }, { header: undefined, rows: 60 });
  const words = await guessed(
    csv([['city', 'shop'], ...Array.from({ length: 30 }, (_, i) => [`Town ${i}`, `Shop ${i}`])]),
    'hang.activity',
  );
  assert.equal(words.format.header, undefined);
});

test('a fixed-width file is told as one, and its layout is asked for', async () => {
  const lines = Array.from(
    { length: 20 },
    (_, i) => `${String(i).padStart(9, '0')}0072CAFE AU LAIT       ${String(i * 100).padStart(9, '0')}`,
  );
  const { format, text } = await guessed(`${lines.join('\n')}\n`, 'hang.activity', 'batch.txt');
  assert.equal(format.fixed?.[0]?.width, lines[0]?.length);
  assert.match(text, /TODO: the columns of the layout/);
});

test('what the samples of this project look like is what their pipelines say', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const { pipelines } = await loadAll(path.join(root, 'pipelines'));
  let compared = 0;
  for (const { name, pipeline } of pipelines) {
    const folder = path.join(root, 'data-samples', name);
    const file = readdirSync(folder).find((each) => each.startsWith('clean') && !each.endsWith('.json'));
    if (file === undefined || pipeline.format?.fixed) continue;
    const { format, damaged } = await guessedFile(path.join(folder, file), pipeline.operation);
    const {
      delimiter = ',',
      quote = '"',
      preamble = 0,
      comment,
      leader,
      trailer,
      control,
    } = pipeline.format ?? {};
    assert.deepEqual(
      [
        name,
        format.delimiter ?? ',',
        format.quote === undefined ? '"' : format.quote,
        format.preamble ?? 0,
        format.comment,
        format.leader,
        format.trailer,
        format.control,
        format.header,
        damaged,
      ],
      [name, delimiter, quote, preamble, comment, leader, trailer, control, undefined, 0],
    );
    compared++;
  }
  assert.ok(compared >= 10, `${compared} samples`);
});
