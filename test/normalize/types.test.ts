import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldDeclaration } from '../../src/destinations/kind.ts';
import type { FieldMapping, Reading } from '../../src/pipeline/mapping.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { readCells } from './cells.ts';

const { db } = await cloneDatabase();

const notANumber = ['NORMALIZE_NOT_A_NUMBER'];
const notADate = ['NORMALIZE_NOT_A_DATE'];
const ambiguous = ['NORMALIZE_TIME_AMBIGUOUS'];

interface Case {
  readonly name: string;
  readonly mapping?: Reading;
  readonly declared: Partial<FieldDeclaration>;
  /** Cell -> value, or codes. */
  readonly cells: readonly (readonly [string, string | null | readonly string[]])[];
}

const cases: readonly Case[] = [
  {
    name: 'text loses surrounding blanks, and nothing else',
    declared: { type: 'text' },
    cells: [
      ['  a b\u00a0\t', 'a b'],
      ['', null],
      ['   ', null],
      ['NULL', 'NULL'],
      ["'x", "'x"],
      ["a'b\\c", "a'b\\c"],
    ],
  },
  {
    name: 'text untrimmed',
    mapping: { trim: false },
    declared: { type: 'text' },
    cells: [
      [' a ', ' a '],
      ['', null],
    ],
  },
  {
    name: 'null tokens of a column',
    mapping: { nulls: ['None', '1900-01-01'] },
    declared: { type: 'text' },
    cells: [
      ['None', null],
      [' None ', null],
      ['none', 'none'],
      ['1900-01-01', null],
    ],
  },
  {
    name: 'cleaning rules, in their order',
    mapping: { clean: ['leading apostrophe', 'trailing .0'] },
    declared: { type: 'text' },
    cells: [
      ["'7210448301122", '7210448301122'],
      ['17850.0', '17850'],
      ['17850.10', '17850.10'],
      ['a.0', 'a.0'],
      ["'", null],
      ['-5.000', '-5'],
    ],
  },
  {
    name: 'other cleaning rules',
    mapping: { clean: ['inner spaces', 'leading zeros', { replace: 'x+', with: '-' }], case: 'upper' },
    declared: { type: 'text' },
    cells: [
      ['0 0 7a xx b', '7A-B'],
      ['000', '0'],
    ],
  },
  {
    name: 'a map knows what it knows',
    mapping: { map: { purchase: 'p1', "o'x\\": 'p2', '': 'none' } },
    declared: { type: 'text' },
    cells: [
      ['purchase', 'p1'],
      ["o'x\\", 'p2'],
      ['', 'none'],
      ['Purchase', ['NORMALIZE_NOT_IN_LIST']],
      ['refund', ['NORMALIZE_NOT_IN_LIST']],
    ],
  },
  {
    name: 'a map may keep others',
    mapping: { map: { a: 'b' }, otherwise: 'keep' },
    declared: {},
    cells: [
      ['a', 'b'],
      ['c', 'c'],
      ['', null],
    ],
  },
  {
    name: 'a map may leave others out',
    mapping: { map: { a: 'b' }, otherwise: 'empty' },
    declared: {},
    cells: [
      ['a', 'b'],
      ['c', null],
    ],
  },
  {
    name: 'a map may give others one value',
    mapping: { map: { a: 'b' }, otherwise: { constant: 'z' } },
    declared: {},
    cells: [
      ['a', 'b'],
      ['c', 'z'],
      ['', null],
    ],
  },
  {
    name: 'an integer is digits with a sign',
    declared: { type: 'integer' },
    cells: [
      ['12', '12'],
      ['-3', '-3'],
      ['+3', '3'],
      ['1.0', notANumber],
      ['1e5', notANumber],
      ['0x1F', notANumber],
      ['1_000', notANumber],
      ['', null],
      ['99999999999999999999', notANumber],
    ],
  },
  {
    name: 'a decimal keeps its scale and takes no other notation',
    declared: { type: 'decimal' },
    cells: [
      ['12.50', '12.50'],
      ['-0.10', '-0.10'],
      ['+7', '7'],
      ['0012', '12'],
      ['12.3456789012345678901', '12.3456789012345678901'],
      ['NaN', notANumber],
      ['Infinity', notANumber],
      ['-inf', notANumber],
      ['1e5', notANumber],
      ['0x1F', notANumber],
      ['1_000', notANumber],
      ['1,000', notANumber],
      ['1,5', notANumber],
      ['.5', notANumber],
      ['5.', notANumber],
      ['1 2', notANumber],
      ['$5', notANumber],
      ['5%', notANumber],
      ['', null],
      ['٣', notANumber],
      ['１２', notANumber],
      ['--1', notANumber],
    ],
  },
  {
    name: 'decimal comma with points between thousands',
    mapping: { decimal: ',', thousands: '.' },
    declared: { type: 'decimal' },
    cells: [
      ['1.234,56', '1234.56'],
      ['1.234.567', '1234567'],
      ['1234,5', '1234.5'],
      ['12,5', '12.5'],
      ['1.23,4', notANumber],
      ['1.2345', notANumber],
      ['1234.5', notANumber],
      ['-1.000,00', '-1000.00'],
    ],
  },
  {
    name: 'thousands with commas',
    mapping: { thousands: ',' },
    declared: { type: 'decimal' },
    cells: [
      ['1,234.5', '1234.5'],
      ['1234.5', '1234.5'],
      ['12,34', notANumber],
      ['1,2345', notANumber],
      [',123', notANumber],
      ['1,234,567', '1234567'],
    ],
  },
  {
    name: 'thousands with blanks and apostrophes',
    mapping: { thousands: ' ', decimal: ',' },
    declared: { type: 'decimal' },
    cells: [
      ['1 234,5', '1234.5'],
      ['1\u00a0234', '1234'],
      ['1\u202f234', '1234'],
      ['1 23', notANumber],
    ],
  },
  {
    name: 'any currency sign, before or after, on either side of the minus',
    mapping: { currencySign: true, thousands: ',' },
    declared: { type: 'decimal' },
    cells: [
      ['$22.50', '22.50'],
      ['-$0.95', '-0.95'],
      ['$-0.95', '-0.95'],
      ['£1,000.00', '1000.00'],
      ['12 €', '12'],
      ['22.50', '22.50'],
      ['$', notANumber],
      ['$$5', notANumber],
      ['-$-5', notANumber],
      ['USD 5', notANumber],
    ],
  },
  {
    name: 'one stated currency word',
    mapping: { currencySign: 'EUR' },
    declared: { type: 'decimal' },
    cells: [
      ['EUR 5.00', '5.00'],
      ['5.00 EUR', '5.00'],
      ['$5', notANumber],
    ],
  },
  {
    name: 'parentheses are negative',
    mapping: { parentheses: true, currencySign: true },
    declared: { type: 'decimal' },
    cells: [
      ['(12.50)', '-12.50'],
      ['($12.50)', '-12.50'],
      ['12.50', '12.50'],
      ['(-12.50)', notANumber],
      ['(12', notANumber],
      ['()', notANumber],
    ],
  },
  {
    name: 'percent as a number',
    mapping: { percent: 'number' },
    declared: { type: 'decimal' },
    cells: [
      ['5 %', '5'],
      ['5%', '5'],
      ['5', '5'],
      ['%', notANumber],
    ],
  },
  {
    name: 'percent as a fraction',
    mapping: { percent: 'fraction' },
    declared: { type: 'decimal' },
    cells: [
      ['5%', '0.05'],
      ['12.5%', '0.125'],
    ],
  },
  {
    name: 'implied cents',
    mapping: { implied: 2 },
    declared: { type: 'decimal' },
    cells: [
      ['2000', '20.00'],
      ['-5', '-0.05'],
    ],
  },
  {
    name: 'a boolean is one of the words',
    declared: { type: 'boolean' },
    cells: [
      ['TRUE', 'true'],
      ['no', 'false'],
      ['1', 'true'],
      ['tru', ['NORMALIZE_NOT_A_BOOLEAN']],
      ['on', ['NORMALIZE_NOT_A_BOOLEAN']],
      ['', null],
    ],
  },
  {
    name: 'a boolean of stated words',
    mapping: { yes: ['Ja'], no: ['Nein'] },
    declared: { type: 'boolean' },
    cells: [
      ['ja', 'true'],
      ['NEIN', 'false'],
      ['yes', ['NORMALIZE_NOT_A_BOOLEAN']],
    ],
  },
  {
    name: 'an ISO date and nothing that Postgres would guess',
    declared: { type: 'date' },
    cells: [
      ['2026-05-12', '2026-05-12'],
      ['2024-02-29', '2024-02-29'],
      ['2023-02-29', notADate],
      ['today', notADate],
      ['J2451187', notADate],
      ['20210101', notADate],
      ['01-02-2021', notADate],
      ['2026-13-01', notADate],
      ['2026-00-10', notADate],
      ['0000-01-01', notADate],
      ['2026-05-12x', notADate],
      ['', null],
    ],
  },
  {
    name: 'dd-MM-yyyy is not MM-dd-yyyy',
    mapping: { format: 'dd-MM-yyyy' },
    declared: { type: 'date' },
    cells: [
      ['26-08-1961', '1961-08-26'],
      ['05-06-2021', '2021-06-05'],
      ['31-02-2021', notADate],
      ['5-6-2021', notADate],
      ['05/06/2021', notADate],
      ['05-06-2021xyz', notADate],
      ['03-04-26', notADate],
      ['08-26-1961', notADate],
    ],
  },
  {
    name: 'd/M/yyyy takes one digit or two',
    mapping: { format: 'd/M/yyyy' },
    declared: { type: 'date' },
    cells: [
      ['5/6/2021', '2021-06-05'],
      ['05/06/2021', '2021-06-05'],
      ['31/12/2021', '2021-12-31'],
      ['5-6-2021', notADate],
      ['/6/2021', notADate],
    ],
  },
  {
    name: 'd-MMM-yy with its pivot',
    mapping: { format: 'd-MMM-yy', pivot: 50 },
    declared: { type: 'date' },
    cells: [
      ['1-Jan-49', '2049-01-01'],
      ['1-JAN-50', '1950-01-01'],
      ['31-dec-99', '1999-12-31'],
      ['31-Feb-20', notADate],
      ['1-Janu-20', notADate],
      ['1-Mai-20', notADate],
    ],
  },
  {
    name: 'MMMM d, yyyy',
    mapping: { format: 'MMMM d, yyyy' },
    declared: { type: 'date' },
    cells: [
      ['March 5, 2021', '2021-03-05'],
      ['may 31, 2021', '2021-05-31'],
      ['Mar 5, 2021', notADate],
    ],
  },
  {
    name: 'yyyyMMdd',
    mapping: { format: 'yyyyMMdd' },
    declared: { type: 'date' },
    cells: [
      ['20260512', '2026-05-12'],
      ['20260532', notADate],
      ['2026512', notADate],
    ],
  },
  {
    name: 'several formats, in order',
    mapping: { format: ['yyyy-MM-dd', 'dd.MM.yyyy'] },
    declared: { type: 'date' },
    cells: [
      ['2026-05-12', '2026-05-12'],
      ['12.05.2026', '2026-05-12'],
      ['12/05/2026', notADate],
    ],
  },
  {
    name: 'a local timestamp in its zone',
    mapping: { format: 'dd-MM-yyyy HH:mm', zone: 'America/Chicago' },
    declared: { type: 'instant' },
    cells: [
      ['11-05-2026 14:02', '2026-05-11T19:02:00.000Z'],
      ['11-01-2026 14:02', '2026-01-11T20:02:00.000Z'],
      ['11-05-2026 24:00', notADate],
      ['11-05-2026 14:60', notADate],
      ['11-05-2026', notADate],
    ],
  },
  {
    name: 'h:mm:ss a',
    mapping: { format: 'M/d/yyyy h:mm:ss a', zone: 'UTC' },
    declared: { type: 'instant' },
    cells: [
      ['5/1/2026 2:30:00 PM', '2026-05-01T14:30:00.000Z'],
      ['5/1/2026 12:00:00 AM', '2026-05-01T00:00:00.000Z'],
      ['5/1/2026 12:00:00 p.m.', '2026-05-01T12:00:00.000Z'],
      ['5/1/2026 13:00:00 PM', notADate],
      ['5/1/2026 0:00:00 AM', notADate],
    ],
  },
  {
    name: 'an offset in the text',
    mapping: { format: 'yyyy-MM-dd HH:mm:ss XXX' },
    declared: { type: 'instant' },
    cells: [
      ['2026-05-01 10:00:00 +0200', '2026-05-01T08:00:00.000Z'],
      ['2026-05-01 10:00:00 -05:30', '2026-05-01T15:30:00.000Z'],
      ['2026-05-01 10:00:00 Z', '2026-05-01T10:00:00.000Z'],
      ['2026-05-01 10:00:00 +02', '2026-05-01T08:00:00.000Z'],
      ['2026-05-01 10:00:00', notADate],
      ['2026-05-01 10:00:00 +1900', notADate],
    ],
  },
  {
    name: 'ISO timestamps, with a zone for those without an offset',
    mapping: { zone: 'Europe/Berlin' },
    declared: { type: 'instant' },
    cells: [
      ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00.000Z'],
      ['2026-05-01 10:00', '2026-05-01T08:00:00.000Z'],
      ['2026-05-01 10:00:00', '2026-05-01T08:00:00.000Z'],
      ['2026-05-01T10:00:00.123456789+02:00', '2026-05-01T08:00:00.123Z'],
      ['2026-05-01T10:00+02', '2026-05-01T08:00:00.000Z'],
      ['2012-01-15 14:22:01.032', '2012-01-15T13:22:01.032Z'],
      ['2021-11-01 12:15:53.831401+00:00', '2021-11-01T12:15:53.831Z'],
      ['now', notADate],
      ['infinity', notADate],
      ['2026-05-01', notADate],
      ['2026-05-01T25:00:00Z', notADate],
      ['2026-02-30T10:00:00Z', notADate],
      ['2026-05-01T10:00:60Z', notADate],
    ],
  },
  {
    name: 'ISO timestamps that must have an offset',
    declared: { type: 'instant' },
    cells: [
      ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00.000Z'],
      ['2026-05-01T10:00:00', notADate],
    ],
  },
  {
    name: 'epoch seconds',
    mapping: { format: 'epoch s' },
    declared: { type: 'instant' },
    cells: [
      ['1633887337', '2021-10-10T17:35:37.000Z'],
      ['1633887337.5', '2021-10-10T17:35:37.500Z'],
      ['-1', '1969-12-31T23:59:59.000Z'],
      ['99999999999999', notADate],
      ['x', notADate],
    ],
  },
  {
    name: 'epoch milliseconds',
    mapping: { format: 'epoch ms' },
    declared: { type: 'instant' },
    cells: [['1633887337123', '2021-10-10T17:35:37.123Z']],
  },
  {
    name: 'an hour that is skipped or comes twice is refused',
    mapping: { zone: 'America/New_York' },
    declared: { type: 'instant' },
    cells: [
      ['2026-03-08 01:59', '2026-03-08T06:59:00.000Z'],
      ['2026-03-08 02:30', ambiguous],
      ['2026-03-08 03:00', '2026-03-08T07:00:00.000Z'],
      ['2026-03-08 03:30', '2026-03-08T07:30:00.000Z'],
      ['2026-11-01 00:59', '2026-11-01T04:59:00.000Z'],
      ['2026-11-01 01:30', ambiguous],
      ['2026-11-01 02:00', '2026-11-01T07:00:00.000Z'],
      ['2026-03-07 12:00', '2026-03-07T17:00:00.000Z'],
      ['2026-03-09 12:00', '2026-03-09T16:00:00.000Z'],
    ],
  },
  {
    name: 'the earlier of two instants',
    mapping: { zone: 'America/New_York', ambiguous: 'earlier' },
    declared: { type: 'instant' },
    cells: [
      ['2026-03-08 02:30', '2026-03-08T06:30:00.000Z'],
      ['2026-11-01 01:30', '2026-11-01T05:30:00.000Z'],
    ],
  },
  {
    name: 'the later of two instants',
    mapping: { zone: 'America/New_York', ambiguous: 'later' },
    declared: { type: 'instant' },
    cells: [
      ['2026-03-08 02:30', '2026-03-08T07:30:00.000Z'],
      ['2026-11-01 01:30', '2026-11-01T06:30:00.000Z'],
    ],
  },
  {
    name: 'a change of half an hour, and a day that a country skipped',
    mapping: { zone: 'Australia/Lord_Howe' },
    declared: { type: 'instant' },
    cells: [
      ['2026-04-05 01:45', ambiguous],
      ['2026-10-04 02:15', ambiguous],
      ['2026-10-04 02:45', '2026-10-03T15:45:00.000Z'],
    ],
  },
  {
    name: 'Samoa had no 30 December 2011',
    mapping: { zone: 'Pacific/Apia' },
    declared: { type: 'instant' },
    cells: [
      ['2011-12-30 12:00', ambiguous],
      ['2011-12-31 12:00', '2011-12-30T22:00:00.000Z'],
    ],
  },
  {
    name: 'a phone number becomes E.164, possible rather than valid',
    declared: { type: 'phone', phone: { form: 'e164', region: 'US' } },
    cells: [
      ['+17891234567', '+17891234567'],
      ['(989) 123-4632', '+19891234632'],
      ['+31612345678', '+31612345678'],
      ['12345', ['NORMALIZE_NOT_A_PHONE']],
      ['call me', ['NORMALIZE_NOT_A_PHONE']],
      ['', null],
      ['+15555551234', '+15555551234'],
      ['202-555-0143 ext. 7', ['NORMALIZE_NOT_A_PHONE']],
    ],
  },
  {
    name: 'a stated region',
    mapping: { region: 'NL' },
    declared: { type: 'phone', phone: { form: 'e164', region: 'US' } },
    cells: [['06 12345678', '+31612345678']],
  },
  {
    name: 'a phone number as digits',
    declared: { type: 'phone', phone: { form: 'digits' } },
    cells: [
      ['+92 333-1234567', '923331234567'],
      ['(0)20 / 55', '02055'],
      ['x1', ['NORMALIZE_NOT_A_PHONE']],
      ['--', ['NORMALIZE_NOT_A_PHONE']],
    ],
  },
  {
    name: 'an e-mail address has a shape',
    declared: { type: 'email' },
    cells: [
      ['a@example.com', 'a@example.com'],
      ['a.b+c@sub.example.co', 'a.b+c@sub.example.co'],
      ['a@b', ['NORMALIZE_NOT_AN_EMAIL']],
      ['a b@example.com', ['NORMALIZE_NOT_AN_EMAIL']],
      ['a@@example.com', ['NORMALIZE_NOT_AN_EMAIL']],
      ['@example.com', ['NORMALIZE_NOT_AN_EMAIL']],
      ['', null],
    ],
  },
  {
    name: 'what the platform declares',
    declared: { type: 'text', required: true, minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    cells: [
      ['abc', 'abc'],
      ['', ['NORMALIZE_REQUIRED']],
      ['a', ['NORMALIZE_TOO_SHORT']],
      ['abcde', ['NORMALIZE_TOO_LONG']],
      ['aB', ['NORMALIZE_SHAPE']],
      ['ABCDE', ['NORMALIZE_TOO_LONG', 'NORMALIZE_SHAPE']],
    ],
  },
  {
    name: 'length in characters, not in bytes',
    declared: { type: 'text', maxLength: 3 },
    cells: [
      ['äöü', 'äöü'],
      ['👍👍👍', '👍👍👍'],
      ['äöüß', ['NORMALIZE_TOO_LONG']],
    ],
  },
  {
    name: 'one of a list',
    declared: { type: 'enum', values: ['Male', 'None'] },
    cells: [
      ['Male', 'Male'],
      ['male', ['NORMALIZE_NOT_IN_LIST']],
      ['None', 'None'],
      ['', null],
    ],
  },
  {
    name: 'not below zero',
    declared: { type: 'decimal', nonNegative: true },
    cells: [
      ['0', '0'],
      ['-0.01', ['NORMALIZE_NEGATIVE_VALUE']],
      ['-0', '0'],
    ],
  },
  {
    name: 'length that the pipeline asks for',
    mapping: { length: { min: 2, max: 3 } },
    declared: {},
    cells: [
      ['a', ['NORMALIZE_TOO_SHORT']],
      ['abcd', ['NORMALIZE_TOO_LONG']],
      ['abc', 'abc'],
    ],
  },
];

for (const { name, mapping, declared, cells } of cases) {
  test(name, async () => {
    const full: FieldMapping = { from: 'x', ...mapping };
    const found = await readCells(
      db,
      full,
      declared,
      cells.map(([cell]) => cell),
    );
    assert.deepEqual(
      Object.fromEntries(cells.map(([cell], index) => [cell, found[index]])),
      Object.fromEntries(cells),
    );
  });
}

test('a clear token, an empty cell and an absent column are three things', async () => {
  const { previewRows, testKind, testPipeline } = await import('./cells.ts');
  const pipeline = testPipeline({ x: { from: 'x', clear: ['(none)'] }, y: { from: 'y', optional: true } });
  const kind = testKind({ x: { clearable: true }, y: { clearable: true } });
  const shown = await previewRows(db, pipeline, kind, ['x'], [['a'], [''], ['(none)']]);
  assert.deepEqual(
    shown.operations.map(({ fields }) => fields),
    [{ x: 'a' }, {}, { x: null }],
  );
  const refused = await previewRows(db, pipeline, testKind({ x: {}, y: {} }), ['x'], [['(none)']]);
  assert.deepEqual(
    refused.operations[0]?.faults.map(({ code }) => code),
    ['NORMALIZE_NOT_CLEARABLE'],
  );
});
