/** What spreadsheets do by themselves; the cells of the first table are what LibreOffice 7.4 and Excel made of them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { agree, readAs, readingsOf } from '../../src/report/readback/dates.ts';
import { type Deed, deedOf } from '../../src/report/readback/deeds.ts';

const table: readonly (readonly [original: string, seen: string, deed: Deed | null])[] = [
  ['0009200618053', '9200618053', 'zeros'],
  ['007', '7', 'zeros'],
  ['-007', '-7', 'zeros'],
  ['7210448301122', '7.21E+12', 'exponent'],
  ['7210448301122', '7.21045E+12', 'exponent'],
  ['7210448301122', '7,21045E+12', 'exponent'],
  ['12345678901234567890', '1.23456789012346E+019', 'exponent'],
  ['12345678901234567890', '12345678901234500000', 'exponent'],
  ['9999999999999', '1E+13', 'exponent'],
  ['1e5', '100000', 'number'],
  ['1.23E+12', '1230000000000', 'number'],
  ['17850.0', '17850', 'number'],
  ['5.00', '5', 'number'],
  ['-5.10', '-5,1', 'number'],
  ['+17', '17', 'number'],
  ['1,234.50', '1234.5', 'number'],
  ['1.234,50', '1234,5', 'number'],
  ['$5.00', '5', 'number'],
  ['2026/05/11 14:02', '11.05.2026 14:02', 'date'],
  ['2026/05/11 14:02', '5/11/2026 14:02', 'date'],
  ['2026/05/11 14:02', '11/05/2026 02:02 PM', 'date'],
  ['2026-05-11', '11/05/26', 'date'],
  ['2026-05-11', '46153', 'date'],
  ['11-May-26', '05/11/2026', 'date'],
  ['11-May-26', '11. Mai 26', 'date'],
  ['2026-05-11T00:00:00Z', '11/05/2026', 'date'],
  ['3-12', '12-Mar', 'date'],
  ['3-12', '03. Dez', 'date'],
  ['1/2', '01/02/2026', 'date'],
  ['12.50', 'Dez 50', 'date'],
  ['MAR1', '01-Mar', null],
  ['14:02', '02:02:00 PM', 'date'],
  ['2:02 PM', '14:02:00', 'date'],
  ['true', 'TRUE', 'boolean'],
  ['false', 'FALSCH', 'boolean'],
  ['2026/05/11 14:02', '########', 'hidden'],
  ['=1+1', '#NAME?', 'hidden'],
  ['a\r\nb', 'a\nb', 'line ends'],
  ['Łódź', '?ód?', 'characters'],
  // what only a person does
  ['2026/05/11 14:02', '12.05.2026 14:02', null],
  ['2026/05/11 14:02', '11.05.2026 14:03', null],
  ['2026/05/11 14:02', '11.05.2026', null],
  ['5.00', '6', null],
  ['5.00', '-5', null],
  ['-3.00', '3.00', null],
  ['3.12', '3.1', null],
  ['007', '8', null],
  ['7210448301122', '7.22E+12', null],
  ['7210448301122', '7210448301123', null],
  ['true', 'FALSE', null],
  ['abc', 'ABC', null],
  ['abc', '', null],
  ['', '0', null],
  ['12', '12', null],
  ['gift_card', 'gift card', null],
];

for (const [original, seen, deed] of table) {
  test(`${JSON.stringify(original)} seen as ${JSON.stringify(seen)}: ${deed ?? 'a person'}`, () => {
    assert.equal(deedOf(original, seen, 'windows-1252'), deed);
  });
}

test('a question mark is a lost character only where the encoding loses some', () => {
  assert.equal(deedOf('Łódź', '?ód?', 'utf-8'), null);
});

test('a text that only a pipeline can tell is read by its format', () => {
  assert.deepEqual(readAs('11-05-2026 14:02', 'dd-MM-yyyy HH:mm'), {
    year: 2026,
    month: 5,
    day: 11,
    minute: 842,
  });
  assert.equal(readAs('11/05/2026 14:02', 'dd-MM-yyyy HH:mm'), null);
  assert.deepEqual(readAs('5/11/2026 2:02 PM', 'M/d/yyyy h:mm a'), {
    year: 2026,
    month: 5,
    day: 11,
    minute: 842,
  });
  assert.deepEqual(readAs('11-May-26', 'd-MMM-yy'), { year: 26, month: 5, day: 11, minute: null });
  assert.equal(readAs('1746972120', 'epoch s'), null);
  assert.equal(readAs('2026-05-11T14:02:00Z', 'iso')?.minute, 842);
});

test('a month is read by its English name alone, as the pipeline reads it', () => {
  assert.equal(readAs('11-May-26', 'd-MMM-yy')?.month, 5);
  assert.equal(readAs('11-Mai-26', 'd-MMM-yy'), null);
  assert.equal(readAs('11-Sept-26', 'd-MMM-yy'), null);
  assert.equal(readAs('11 Sept 2026', 'd MMMM yyyy'), null);
});

test('a quote in a format is written twice, as the pipeline reads it', () => {
  assert.equal(readAs("2026 o'clock 05-11", "yyyy 'o''clock' MM-dd")?.month, 5);
});

test('whatever a cell holds, saying nothing about it throws nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      deedOf(a, b, 'windows-1252');
      readingsOf(a);
      return deedOf(a, a, 'utf-8') === null;
    }),
  );
});

test('a date is the same date however it is written', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true }),
      (date) => {
        const [y, m, d] = date.toISOString().slice(0, 10).split('-');
        const ways = [
          `${y}-${m}-${d}`,
          `${d}.${m}.${y}`,
          `${m}/${d}/${y}`,
          `${Number(d)}/${Number(m)}/${y?.slice(2)}`,
        ];
        const read = ways.map(readingsOf);
        return read.every((a) => read.every((b) => a.some((one) => b.some((two) => agree(one, two)))));
      },
    ),
  );
});
