/** Types of columns: numbers, dates, words for nothing, keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../src/guess/keys.ts';
import { guessNumber } from '../../src/guess/number.ts';
import { profileOf } from '../../src/guess/profile.ts';
import { guessTime } from '../../src/guess/time.ts';
import { guessed, openOf } from './support.ts';

test('numbers are told by their signs, and not at all where two readings fit every cell', () => {
  const cases: readonly [cells: string[], form: object | null, ambiguous?: boolean][] = [
    [['1', '-2', '+30'], {}],
    [['1.5', '22.50', '0.125'], {}],
    [['1,5', '22,50'], { decimal: ',' }],
    [['1.234,50', '12,00'], { decimal: ',', thousands: '.' }],
    [['1,234.50', '12.00'], { thousands: ',' }],
    [['1 234,50', '12,00'], { decimal: ',', thousands: ' ' }],
    [["1'234.50", '12.00'], { thousands: "'" }],
    [['$1,234.50', '-$0.95', '($45.00)'], { thousands: ',', currencySign: '$', parentheses: true }],
    [['12,50 €', '1.000,00 €'], { decimal: ',', thousands: '.', currencySign: '€' }],
    [['EUR 12.50', 'EUR 3.00'], { currencySign: 'EUR' }],
    [['5 %', '12.5 %'], { percent: 'number' }],
    [['1,234', '12,345'], { decimal: ',', thousands: ',' }, true],
    [['1.234', '12.345'], { decimal: '.', thousands: '.' }, true],
    [['1,234', '1234'], { decimal: ',' }],
    [['1,234', '5.5'], { thousands: ',' }],
    [['1,234', '1,234,567'], { thousands: ',' }],
    [['1,5', '1.5'], null],
    [['TRX100', 'TRX101'], null],
    [['1e5', '1E+05'], null],
    [['NaN', 'Infinity'], null],
  ];
  for (const [cells, form, ambiguous] of cases) {
    const found = guessNumber(cells);
    assert.deepEqual(
      [cells, found?.form ?? null, found?.ambiguous ?? false],
      [cells, form, ambiguous ?? false],
    );
  }
});

test('dates are told by the calendar; day and month stay open where every cell reads both ways', () => {
  const cases: readonly [cells: string[], formats: readonly string[] | null, ambiguous?: boolean][] = [
    [['2026-05-12', '2026-12-31'], ['iso']],
    [['2026-05-12 10:00:00', '2026-05-12T10:00:00Z'], ['iso']],
    [['20260512', '20261231'], ['yyyyMMdd']],
    [['20260512095959'], ['yyyyMMddHHmmss']],
    [['26-08-1961', '03-07-1915'], ['dd-MM-yyyy']],
    [['08/26/1961', '07/03/1915'], ['MM/dd/yyyy']],
    [['03-07-1915', '10-09-1991'], ['dd-MM-yyyy', 'MM-dd-yyyy'], true],
    [['3/7/2026', '10/9/2026'], ['d/M/yyyy', 'M/d/yyyy'], true],
    [['3/17/2026', '10/9/2026'], ['M/d/yyyy']],
    [['12.05.2026 10:00', '31.12.2026 23:59'], ['dd.MM.yyyy HH:mm']],
    [['10/05/2026 2:30:00 PM', '10/25/2026 11:00:00 am'], ['MM/dd/yyyy h:mm:ss a']],
    [['9-May-26', '31-Dec-26'], ['d-MMM-yy']],
    [['May 9, 2026', 'Dec 31, 2026'], ['MMM d, yyyy']],
    [
      ['2026-05-12', '10/25/2026', '2026-05-13', '10/26/2026'],
      ['yyyy-MM-dd', 'MM/dd/yyyy'],
    ],
    [['2026-05-01 10:00:00 +0200'], ['iso']],
    [['01/05/2026 10:00:00 +0200', '31/05/2026 10:00:00 +02:00'], ['dd/MM/yyyy HH:mm:ss XXX']],
    [['2026-02-30', '2026-13-01'], null],
    [['12345678', '87654321'], null],
    [['1001', '1002'], null],
    [['25:00', '12:60'], null],
    [['2026-05-12 10:60', '2026-05-12 23:59:60'], null],
  ];
  for (const [cells, formats, ambiguous] of cases) {
    const found = guessTime(cells);
    const said =
      found &&
      (found.formats.length > 1 && found.as === 'date'
        ? found.formats.map((one) => (one === 'iso' ? 'yyyy-MM-dd' : one))
        : found.formats);
    assert.deepEqual([cells, said ?? null, found?.ambiguous ?? false], [cells, formats, ambiguous ?? false]);
  }
});

test('the formats that a guess writes down are formats of the grammar', async () => {
  const cells = [
    '2026/05/12',
    '12.05.26',
    '9 May 2026',
    'May 9, 2026 10:00 pm',
    '2026-05-31T23:59:59.123',
    '31/12/2026 1:05',
  ];
  for (const cell of cells) {
    const { text } = await guessed(
      `transaction_id,at,amount\n${Array.from({ length: 9 }, (_, i) => `T${i},"${cell}",1.50\n`).join('')}`,
      'hang.activity',
    );
    assert.match(text, /transaction_timestamp: \{/);
  }
});

const column = (cells: readonly string[]) => profileOf('c', 0, cells);
const times = (n: number, cell: (i: number) => string): string[] =>
  Array.from({ length: n }, (_, i) => cell(i));

test('types: ids keep their zeros, apostrophes and spreadsheet traces are cleaned, words for nothing are told', () => {
  const told = (cells: readonly string[]) => {
    const { type, clean, nulls, empty, maybeNulls } = column(cells);
    return { type, clean, nulls, empty, maybeNulls };
  };
  const plain = { clean: [], nulls: [], empty: 0, maybeNulls: [] };
  assert.deepEqual(told(times(40, (i) => `00${i}`)), { ...plain, type: 'id' });
  assert.deepEqual(told(times(40, (i) => `874620246${80 + i}`)), { ...plain, type: 'id' });
  assert.deepEqual(told(times(40, (i) => `178${10 + i}.0`)), {
    ...plain,
    type: 'integer',
    clean: ['trailing .0'],
  });
  assert.deepEqual(told(times(40, (i) => `'72104483${10 + i}`)), {
    ...plain,
    type: 'id',
    clean: ['leading apostrophe'],
  });
  assert.deepEqual(told([...times(40, (i) => `${i}.5`), 'N/A', 'none', '']), {
    ...plain,
    type: 'decimal',
    nulls: ['N/A', 'none'],
    empty: 3,
  });
  assert.deepEqual(told([...times(40, (i) => `Name${i}`), 'None']), {
    ...plain,
    type: 'text',
    maybeNulls: ['None'],
  });
  assert.deepEqual(told([...times(40, (i) => `Name${i}`), 'NULL', 'NULL']), {
    ...plain,
    type: 'text',
    nulls: ['NULL'],
    empty: 2,
  });
  const born = ['1900-01-01', '1900-01-01', ...times(9, (i) => `1980-01-1${i}`)];
  assert.deepEqual(told(born), { ...plain, type: 'date', nulls: ['1900-01-01'], empty: 2 });
  assert.deepEqual(told(['1900-01-01', ...times(400, (i) => `19${10 + (i % 80)}-01-1${i % 9}`)]).nulls, []);
  assert.equal(column(['+31612345678', '+1 (989) 123-4632']).type, 'phone');
  assert.equal(column(['262-555-5124', '605-555-8203']).type, 'phone');
  assert.equal(column(['a@b.example', 'c.d@e.example']).type, 'email');
  assert.equal(column(times(40, (i) => (i % 2 ? 'Y' : 'N'))).type, 'boolean');
  assert.deepEqual(column(times(40, (i) => ['gold', 'silver'][i % 2] ?? '')).values, ['gold', 'silver']);
  assert.equal(column(['21:50:48', '02:30:00']).clock, 'HH:mm:ss');
  assert.equal(column(['2:30:00 PM', '11:00:00 AM']).clock, 'h:mm:ss a');
  assert.equal(column(['', '']).type, 'empty');
});

test('keys: single columns, pairs, groups of rows, and cells that stand on the first row alone', () => {
  const of = (names: string[], records: string[][]) => {
    const columns = names.map((name, place) =>
      profileOf(
        name,
        place,
        records.map((record) => record[place] ?? ''),
      ),
    );
    const { unique, pairs, group } = keysOf(columns, records);
    return {
      unique: unique.map(({ name }) => name),
      pairs: pairs.map((pair) => pair.map(({ name }) => name).join('+')),
      group: group && [group.by.name, group.groups, group.fill.map(({ name }) => name).join()],
    };
  };
  const line = (i: number, j: number): string[] => [`R${i}`, String(j), `S${(i * j) % 7}`, `${i}.50`];
  const rows = Array.from({ length: 20 }, (_, i) => [line(i, 1), line(i, 2)]).flat();
  assert.deepEqual(of(['receipt_no', 'line_no', 'sku', 'amount'], rows), {
    unique: [],
    pairs: ['receipt_no+line_no'],
    group: ['receipt_no', 20, ''],
  });
  const orders = Array.from({ length: 20 }, (_, i) => [
    [`#${i}`, `m${i}@x.example`, '12.00', 'cup'],
    [`#${i}`, '', '', 'scoop'],
  ]).flat();
  assert.deepEqual(of(['Name', 'Email', 'Total', 'Lineitem name'], orders).group, [
    'Name',
    20,
    'Email,Total',
  ]);
  assert.deepEqual(
    of(
      ['transaction_id', 'customer_id'],
      rows.map((_, i) => [`T${i}`, `C${i}`]),
    ).unique,
    ['transaction_id', 'customer_id'],
  );
  // members who come again are no groups
  assert.equal(
    of(
      ['customer_id', 'amount'],
      rows.map((_, i) => [`C${i >> 1}`, `${i}.5`]),
    ).group,
    null,
  );
});

test('an amount that reads two ways is refused by check until one sign is gone', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => `T${i},C${i},"1,${200 + i}",2026-05-12\n`);
  const { pipeline, text } = await guessed(
    `transaction_id,customer_id,amount,date\n${rows.join('')}`,
    'hang.activity',
  );
  assert.match(text, /one and a bit, or a thousand and more/);
  assert.ok(
    openOf(pipeline, 'hang').some(
      (line) => line.startsWith('numbers.amount: ') && line.includes('cannot be both'),
    ),
  );
});
