/** What of an edited row counts: `compareRow` cell by cell, and files that are none. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { compareRow } from '../../src/report/readback/compare.ts';
import { openSheet } from '../../src/report/readback/sheet.ts';

interface Case {
  readonly says: string;
  readonly was: string | null;
  readonly seen: string | undefined;
  readonly field?: boolean;
  readonly accept?: boolean;
  readonly format?: string;
  readonly gives: 'edit' | 'restored' | 'ignored' | 'same';
  readonly edit?: string;
}

const date = 'dd-MM-yyyy HH:mm';
const cases: readonly Case[] = [
  { says: 'the same', was: 'a', seen: 'a', gives: 'same' },
  { says: 'an absent cell left empty', was: null, seen: '', field: true, gives: 'same' },
  { says: 'a column taken out', was: 'a', seen: undefined, field: true, gives: 'same' },
  { says: 'our guard, left as it is', was: '=1+1', seen: "'=1+1", field: true, gives: 'same' },
  { says: 'our guard, eaten', was: '=1+1', seen: '=1+1', field: true, gives: 'same' },
  { says: 'a quote of its own behind our guard', was: "'q", seen: "''q", field: true, gives: 'same' },
  { says: 'an edit with a guard', was: 'a', seen: "'=b", field: true, gives: 'edit', edit: '=b' },
  { says: 'an edit in the column at fault', was: 'a', seen: 'b', field: true, gives: 'edit', edit: 'b' },
  { says: 'an edit elsewhere', was: 'a', seen: 'b', gives: 'ignored' },
  { says: 'an edit in a column that was named', was: 'a', seen: 'b', accept: true, gives: 'edit', edit: 'b' },
  { says: 'emptied', was: 'a', seen: '', field: true, gives: 'edit', edit: '' },
  { says: 'zeros lost elsewhere', was: '007', seen: '7', gives: 'restored' },
  { says: 'zeros lost in the column at fault', was: '007', seen: '7', field: true, gives: 'restored' },
  {
    says: 'an exponent in a named column',
    was: '7210448301122',
    seen: '7.21E+12',
    accept: true,
    gives: 'restored',
  },
  { says: 'another number', was: '5.00', seen: '6.00', field: true, gives: 'edit', edit: '6.00' },
  { says: 'the same number, shorter, elsewhere', was: '5.00', seen: '5', gives: 'restored' },
  {
    says: 'the same number in the form wanted',
    was: '1.234,50',
    seen: '1234.50',
    field: true,
    gives: 'edit',
    edit: '1234.50',
  },
  {
    says: 'a date as the pipeline wants it',
    was: '2026/05/11 14:02',
    seen: '11-05-2026 14:02',
    field: true,
    format: date,
    gives: 'edit',
    edit: '11-05-2026 14:02',
  },
  {
    says: 'a date as the spreadsheet has it',
    was: '2026/05/11 14:02',
    seen: '5/11/2026 14:02',
    field: true,
    format: date,
    gives: 'restored',
  },
  {
    says: 'a date that would be read as another day',
    was: '2026/05/11 14:02',
    seen: '05-11-2026 14:02',
    field: true,
    format: date,
    gives: 'restored',
  },
  {
    says: 'another day',
    was: '2026/05/11 14:02',
    seen: '12-05-2026 14:02',
    field: true,
    format: date,
    gives: 'edit',
    edit: '12-05-2026 14:02',
  },
];

for (const { says, was, seen, field, accept, format, gives, edit } of cases) {
  test(`${says}: ${gives}`, () => {
    const stored = {
      header: ['c'],
      cells: [was],
      fields: new Set(field ? ['c'] : []),
      formats: () => (format ? [format] : []),
    };
    const how = { accept: new Set(accept ? ['c'] : []), encoding: 'windows-1252' as const };
    const { edits, restored, ignored } = compareRow(stored, () => seen, how);
    const found =
      edits.length > 0 ? 'edit' : restored.length > 0 ? 'restored' : ignored.length > 0 ? 'ignored' : 'same';
    assert.equal(found, gives);
    assert.equal(edits[0]?.seen, edit);
  });
}

test('of a record that could not be parsed everything counts', () => {
  const stored = { header: ['a', 'b'], cells: null, fields: new Set<string>(), formats: () => [] };
  const how = { accept: new Set<string>(), encoding: 'utf-8' as const };
  const { edits } = compareRow(stored, (column) => ({ a: '007', b: '' })[column], how);
  assert.deepEqual(edits, [{ column: 'a', was: '', seen: '007' }]);
});

test('columns of one name are told apart by their order', () => {
  const stored = { header: ['x', 'x'], cells: ['1', 'b'], fields: new Set(['x']), formats: () => [] };
  const how = { accept: new Set<string>(), encoding: 'utf-8' as const };
  const { edits } = compareRow(stored, (_, nth) => ['1', 'c'][nth], how);
  assert.deepEqual(edits, [{ column: 'x', was: 'b', seen: 'c' }]);
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-readback-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

test('any delimiter, either encoding, rows that end early, lines of a spreadsheet before the header', async () => {
  for (const [name, content, delimiter, encoding] of [
    ['comma.csv', '\uFEFF"a","_row_id","_file"\r\n"ä","1-1","f"\r\n', ',', 'utf-8'],
    ['semi.csv', Buffer.from('a;_row_id;_file\r\n\u00e4;1-1;f\r\n', 'latin1'), ';', 'windows-1252'],
    ['tab.csv', 'a\t_row_id\t_file\nä\t1-1\n', '\t', 'utf-8'],
    ['pipe.csv', '_row_id|a\n1-1|ä\n', '|', 'utf-8'],
    ['last.csv', 'a:_row_id\nä:1-1\n', ':', 'utf-8'],
    ['sep.csv', 'sep=;\r\na;_row_id;_file\r\nä;1-1;f\r\n;;\r\n', ';', 'utf-8'],
  ] as const) {
    const sheet = await openSheet(file(name, content));
    assert.deepEqual(
      { delimiter: sheet.delimiter, encoding: sheet.encoding, columns: sheet.columns },
      { delimiter, encoding, columns: ['a'] },
      name,
    );
    const rows = (await Array.fromAsync(sheet.rows())).flat();
    assert.deepEqual(
      rows.map((row) => [row.id, row.cell('a', 0)]),
      [['1-1', 'ä']],
      name,
    );
  }
});

test('what is no such file is refused, with the reason', async () => {
  for (const [name, content, says] of [
    ['none.csv', 'a,b\n1,2\n', /no column _row_id/],
    ['masked.csv', 'a,_row_id,_masked\n1,1-1,yes\n', /is masked/],
    ['zip.xlsx', Buffer.from('PK\u0003\u0004'), /is not a text table/],
    ['utf16.csv', Buffer.from('a,_row_id\n', 'utf16le'), /is not a text table/],
    ['empty.csv', '', /no column _row_id/],
  ] as const)
    await assert.rejects(openSheet(file(name, content)), says);
  await assert.rejects(openSheet(path.join(folder, 'nowhere.csv')), /ENOENT/);
  const sheet = await openSheet(file('wide.csv', 'a,_row_id\n1,1-1,2\n'));
  await assert.rejects(Array.fromAsync(sheet.rows()), /line 2: more cells/);
  const open = await openSheet(file('open.csv', 'a,_row_id\n"1,1-1\n'));
  await assert.rejects(Array.fromAsync(open.rows()), /cannot be read as CSV/);
  const nul = await openSheet(file('nul.csv', `a,_row_id\n${'x'.repeat(70_000)},1-1\n1\u0000,1-2\n`));
  await assert.rejects(Array.fromAsync(nul.rows()), /line 3: a NUL byte stands in a cell/);
});
