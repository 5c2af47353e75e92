/** Lines of a file that are no rows: preamble, comments, leader, names, trailer; and fixed width. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delimited, fixed } from '../../../src/stage/parse/index.ts';
import { parseAll } from '../../support/parsing.ts';

const cells = (records: readonly { readonly cells: readonly string[] }[]) =>
  records.map((record) => record.cells.join('|'));

test('preamble, comments, leader, names, blank lines and trailer are counted apart', async () => {
  const text = 'Export\n"of today\n# c\n\nH|20260101|X\nid|n\n1|a\n# c\n2|"#b"\n\nT|2|3.50\n\n# end\n';
  const format = delimited({
    delimiter: '|',
    preamble: 2,
    comment: '#',
    leader: { first: 'H' },
    trailer: { first: 'T' },
  });
  const { header, good, damaged, summary } = await parseAll(text, format);
  assert.deepEqual([header?.names, header?.line], [['id', 'n'], 6]);
  assert.deepEqual([cells(good), damaged.length], [['1|a', '2|#b'], 0]);
  assert.deepEqual(summary.skippedLines, { blank: 3, comment: 3, preamble: 2, header: 2, trailer: 1 });
  assert.deepEqual(summary.leaderRecord, { line: 5, cells: ['H', '20260101', 'X'] });
  assert.deepEqual(summary.trailerRecord, { line: 11, cells: ['T', '2', '3.50'] });
  assert.equal(summary.lines, 13);
});

test('a trailer by regular expression gives its groups', async () => {
  const format = delimited({ trailer: { match: '^TOTAL rows=(\\d+) sum=([\\d.]+)' } });
  const { good, summary } = await parseAll('a,b\n1,2\nTOTAL rows=1 sum=2\n', format);
  assert.deepEqual([cells(good), summary.trailerRecord], [['1|2'], { line: 3, cells: ['1', '2'] }]);
});

test('a trailer before the end is a damaged row, and the last one counts', async () => {
  const { good, damaged, summary } = await parseAll(
    'a,b\n1,2\nT,1\n3,4\nT,2\n',
    delimited({ trailer: { first: 'T' } }),
  );
  assert.deepEqual(cells(good), ['1|2', '3|4']);
  assert.deepEqual(
    damaged.map(({ code, line, record }) => [code, line, record]),
    [['STAGE_TRAILER_EARLY', 3, 2]],
  );
  assert.deepEqual(summary.trailerRecord, { line: 5, cells: ['T', '2'] });
});

test('a missing trailer is null, a missing leader refuses the file', async () => {
  const without = await parseAll('a,b\n1,2\n', delimited({ trailer: { first: 'T' } }));
  assert.equal(without.summary.trailerRecord, null);
  await assert.rejects(parseAll('a,b\n1,2\n', delimited({ leader: { first: 'H' } })), {
    code: 'STAGE_HEADER',
  });
});

test('files without names take those given, or as many as the first record has cells', async () => {
  const given = await parseAll('1,2\n3\n', delimited({ header: ['x', 'y'] }));
  assert.deepEqual([given.header?.names, given.header?.line, cells(given.good)], [['x', 'y'], null, ['1|2']]);
  assert.deepEqual(
    given.damaged.map(({ code, line }) => [code, line]),
    [['STAGE_COLUMN_COUNT', 2]],
  );
  const counted = await parseAll('1,2,3\n4,5,6\n', delimited({ header: false }));
  assert.deepEqual(counted.header?.names, ['column_1', 'column_2', 'column_3']);
  assert.equal(counted.good.length, 2);
});

test('a header line that cannot be read refuses the file, with the likely delimiter', async () => {
  await assert.rejects(parseAll('"a";"b";"c"\n', delimited()), {
    code: 'STAGE_HEADER',
    message: /the line holds ";" 2 times: is the delimiter ";"\?/,
  });
  await assert.rejects(parseAll(`a,"b\n${'1,2\n'.repeat(50)}`, delimited()), { code: 'STAGE_HEADER' });
});

const layout = fixed({
  trailer: { match: '^9(\\d{4})$' },
  columns: [
    { name: 'id', at: 1, width: 4 },
    { name: 'name', at: 6, width: 5 },
    { name: 'cents', at: 11, width: 5 },
  ],
});

test('fixed width counts characters, keeps padding, and takes quotes as they are', async () => {
  const text = '0001 Zoë  00250\n0002 "😎"  00300  \n\n90002\n';
  const { header, good, damaged, summary } = await parseAll(text, layout);
  assert.deepEqual(header?.names, ['id', 'name', 'cents']);
  assert.deepEqual(cells(good), ['0001|Zoë  |00250', '0002|"😎"  |00300']);
  assert.deepEqual([damaged.length, summary.trailerRecord?.cells], [0, ['0002']]);
});

test('a line of another width is reported, its neighbours are read', async () => {
  const { good, damaged } = await parseAll(
    '0001 Ann  00250\n0002 Bob\n0003 Cas  00250x\n0004 Dan  00100\n',
    layout,
  );
  assert.deepEqual(cells(good), ['0001|Ann  |00250', '0004|Dan  |00100']);
  assert.deepEqual(
    damaged.map(({ code, record, line }) => [code, record, line]),
    [
      ['STAGE_COLUMN_COUNT', 2, 2],
      ['STAGE_COLUMN_COUNT', 3, 3],
    ],
  );
});

test('a format with mistakes is refused with all of them', () => {
  assert.throws(() => delimited({ delimiter: '"', preamble: -1, trailer: { match: '(' } }), {
    code: 'CONFIG_INVALID',
    message: /preamble.*trailer.*delimiter and quote/,
  });
  assert.throws(() => fixed({ columns: [{ name: 'x', at: 0, width: 1 }] }), { code: 'CONFIG_INVALID' });
});
