/** One damage at a time: what is reported, with which code, line and bytes, and where reading goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DelimitedFormat, delimited } from '../../../src/stage/parse/index.ts';
import { parseAll } from '../../support/parsing.ts';

/** Good records as 'line: cells', damaged ones as 'line code raw'. */
async function read(text: string, format: DelimitedFormat = delimited()) {
  const { good, damaged, summary } = await parseAll(text, format);
  return {
    good: good.map(({ line, cells }) => `${line}: ${cells.join(' | ')}`),
    damaged: damaged.map(({ line, code, raw }) => `${line} ${code} ${raw}`),
    reasons: damaged.map(({ reason }) => reason),
    fields: damaged.map(({ field }) => field),
    summary,
  };
}

const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${from + i},item ${from + i},${i % 9}.50\n`).join('');

test('two stray quotes far apart do not join the rows between them', async () => {
  const text = `id,name,price\n1,"17 inch monitor,5\n${rows(2, 480)}482,monitor 19",7\n483,x,1\n`;
  const { good, damaged } = await read(text);
  assert.equal(good.length, 481);
  assert.deepEqual(damaged, [
    '2 STAGE_QUOTE_UNCLOSED 1,"17 inch monitor,5',
    '483 STAGE_QUOTE_STRAY 482,monitor 19",7',
  ]);
});

test('inch marks inside plain cells cost their two rows only', async () => {
  const { good, damaged } = await read('id,name\n1,17" monitor\n2,x\n3,19" monitor\n4,y\n');
  assert.deepEqual(good, ['3: 2 | x', '5: 4 | y']);
  assert.deepEqual(damaged, ['2 STAGE_QUOTE_STRAY 1,17" monitor', '4 STAGE_QUOTE_STRAY 3,19" monitor']);
});

test('an unclosed quote costs one of 1,000 rows (csv-parse alone: 990)', async () => {
  const text = `id,name,price\n${rows(1, 9)}10,"open,1\n${rows(11, 990)}`;
  const { good, damaged, fields } = await read(text);
  assert.equal(good.length, 999);
  assert.deepEqual(damaged, ['11 STAGE_QUOTE_UNCLOSED 10,"open,1']);
  assert.deepEqual(fields, ['name']);
});

test('an unclosed quote on the last row is reported', async () => {
  const { good, damaged } = await read('id,name\n1,a\n2,"b');
  assert.deepEqual([good, damaged], [['2: 1 | a'], ['3 STAGE_QUOTE_UNCLOSED 2,"b']]);
});

test('line ends inside quotes are kept, also in the last column and over many lines', async () => {
  const text = `id,note,price\n${rows(1, 30)}31,"Dear all,\n\nall is well,\r\nand paid.",2\n32,x,"a\nb"\n33,"1\n2\n3",""\n`;
  const { damaged, summary } = await read(text);
  const { good } = await parseAll(text, delimited());
  assert.deepEqual(damaged, []);
  assert.deepEqual(
    good.slice(30).map(({ line, cells }) => [line, ...cells]),
    [
      [32, '31', 'Dear all,\n\nall is well,\r\nand paid.', '2'],
      [36, '32', 'x', 'a\nb'],
      [38, '33', '1\n2\n3', ''],
    ],
  );
  assert.deepEqual([summary.skippedLines.blank, summary.lines], [0, 40]);
});

test('a list inside a cell is text where the columns are known to look otherwise', async () => {
  const text = `id,note,price\n${rows(1, 30)}31,"bring:\nred, green, blue\nor none",2\n`;
  assert.equal((await read(text)).good.at(-1), '32: 31 | bring:\nred, green, blue\nor none | 2');
});

test('where records and text cannot be told apart, all lines are reported and none is made up', async () => {
  const text = 'a,b,c\n1,"see:\nred, green, blue\nand\nmore",3\n4,5,6\n';
  const { good, damaged, reasons } = await read(text);
  assert.deepEqual(good, ['6: 4 | 5 | 6']);
  assert.deepEqual(damaged, [
    '2 STAGE_QUOTE_UNCLOSED 1,"see:',
    '3 STAGE_QUOTE_UNCLOSED red, green, blue',
    '4 STAGE_QUOTE_UNCLOSED and',
    '5 STAGE_QUOTE_UNCLOSED more",3',
  ]);
  assert.match(reasons[0] ?? '', /nothing shows which/);
  const trusted = await read(text, delimited({ multiline: 'trust' }));
  assert.deepEqual(trusted.good[0], '2: 1 | see:\nred, green, blue\nand\nmore | 3');
});

test("multiline 'refuse' makes every line a record", async () => {
  const { good, damaged } = await read('a,b\n1,"x\ny"\n2,z\n', delimited({ multiline: 'refuse' }));
  assert.deepEqual(good, ['4: 2 | z']);
  assert.deepEqual(damaged, ['2 STAGE_QUOTE_UNCLOSED 1,"x', '3 STAGE_QUOTE_STRAY y"']);
});

test('behind a quote fault lines of text are not taken for records, unusual records are', async () => {
  const lines = `31,"she said "so"\nwell, yes, no\nend",2\n32,item,1.00\n`;
  const odd = '33,"open,1\nA34,first of,a new kind\nA35,first of,a new kind\nA36,first of,a new kind\n';
  const { good, damaged } = await read(`id,note,price\n${rows(1, 30)}${lines}${odd}`);
  assert.deepEqual(damaged, [
    '32 STAGE_QUOTE_STRAY 31,"she said "so"',
    '33 STAGE_QUOTE_UNCLOSED well, yes, no',
    '34 STAGE_QUOTE_STRAY end",2',
    '36 STAGE_QUOTE_UNCLOSED 33,"open,1',
  ]);
  assert.deepEqual(good.slice(-3), [
    '37: A34 | first of | a new kind',
    '38: A35 | first of | a new kind',
    '39: A36 | first of | a new kind',
  ]);
});

test('a record over several lines with a cell too many is reported line by line', async () => {
  const { good, damaged } = await read('a,b,c\n1,"x\n\ny",3,4\n5,6,7\n');
  assert.deepEqual(good, ['5: 5 | 6 | 7']);
  assert.deepEqual(damaged, ['2 STAGE_COLUMN_COUNT 1,"x', '4 STAGE_COLUMN_COUNT y",3,4']);
});

test('a record right behind a damaged one may itself hold line ends', async () => {
  const { good, damaged } = await read(`a,b,c\n1,"x,3\n2,"two\nlines",4\n3,y,5\n`);
  assert.deepEqual(good, ['3: 2 | two\nlines | 4', '5: 3 | y | 5']);
  assert.deepEqual(damaged, ['2 STAGE_QUOTE_UNCLOSED 1,"x,3']);
});

test('a row with another delimiter is reported with the likely one', async () => {
  const { damaged, reasons } = await read('a,b,c\n1,2,3\n4;5;6\n');
  assert.deepEqual(damaged, ['3 STAGE_COLUMN_COUNT 4;5;6']);
  assert.equal(
    reasons[0],
    'the record has 1 cell instead of 3; the line holds ";" 2 times: is the delimiter ";"?',
  );
});

test('line ends of all three kinds may be mixed, and stand alone only where stated', async () => {
  const mixed = await read('a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8');
  assert.deepEqual(mixed.good, ['2: 1 | 2', '3: 3 | 4', '4: 5 | 6', '6: 7 | 8']);
  assert.deepEqual([mixed.summary.skippedLines.blank, mixed.summary.lastLineUnterminated], [1, true]);
  const { good } = await read('a,b\r\n1,x\ry\r\n', delimited({ lineEnds: ['\r\n', '\n'] }));
  assert.deepEqual(good, ['2: 1 | x\ry']);
});

test('a last record without line end is reported where the format requires one', async () => {
  const text = 'a,b\n1,x\n2,de';
  assert.deepEqual((await read(text)).good, ['2: 1 | x', '3: 2 | de']);
  const strict = await read(text, delimited({ finalNewline: 'required' }));
  assert.deepEqual([strict.good, strict.damaged], [['2: 1 | x'], ['3 STAGE_TRUNCATED 2,de']]);
});

test('a backslash escapes quotes where stated, and stays where it escapes nothing', async () => {
  const format = delimited({ escape: '\\' });
  const { good, damaged } = await read('a,b\n1,"C:\\temp\\"x\\\\"\nC:\\dir,"\\\\"\n2,""x"\n', format);
  assert.deepEqual(good, ['2: 1 | C:\\temp"x\\', '3: C:\\dir | \\']);
  assert.deepEqual(damaged, ['4 STAGE_QUOTE_STRAY 2,""x"']);
});

test('without a quote character, quotes are ordinary', async () => {
  const { good, damaged } = await read(
    'a\tb\n1\t17" "monitor\n"\t2\n',
    delimited({ delimiter: '\t', quote: null }),
  );
  assert.deepEqual([good, damaged], [['2: 1 | 17" "monitor', '3: " | 2'], []]);
});

test('delimiters of several characters and beyond ASCII', async () => {
  const { good } = await read('a~|~b\n1~|~x~y\n', delimited({ delimiter: '~|~' }));
  assert.deepEqual(good, ['2: 1 | x~y']);
  assert.deepEqual((await read('a§b\n"1§2"§é\n', delimited({ delimiter: '§' }))).good, ['2: 1§2 | é']);
});

test('a damaged record is told from its neighbours by record number and line', async () => {
  const { good, damaged } = await parseAll('a,b\n\n1,2\n3\n"4\n4",5\n6,7,8\n', delimited());
  assert.deepEqual(
    good.map(({ record, line }) => [record, line]),
    [
      [1, 3],
      [3, 5],
    ],
  );
  assert.deepEqual(
    damaged.map(({ record, line }) => [record, line]),
    [
      [2, 4],
      [4, 7],
    ],
  );
});

test('a line longer than a record may be is too long whatever else is wrong with it', async () => {
  const format = delimited({ maxRecordSize: 10, trailer: { first: 'T' } });
  for (const line of ['1,"2"3456789012', '1,2"34567890123', '"1,2345678901', 'T,2345678901']) {
    const { good, damaged } = await read(`a,b\n1,2\n${line}\n3,4\n`, format);
    assert.deepEqual([good, damaged], [['2: 1 | 2', '4: 3 | 4'], [`3 STAGE_RECORD_TOO_LONG ${line}`]], line);
  }
});
