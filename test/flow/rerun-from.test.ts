/** errors.csv goes out, a person edits it in a spreadsheet, and it comes back. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {
  cellsOf,
  hasLibreOffice,
  savedByExcel,
  shownByExcel,
  throughLibreOffice,
} from '../support/spreadsheet.ts';
import { makeWorld, type Summary } from '../world/world.ts';

const pipeline = (name: string): string => `{
  account: 'hang', operation: 'hang.activity', source: local('${name}/*.csv'),
  identity: { source: '${name}', columns: ['id'] }, group: { by: 'id', take: { at: 'min' } },
  columns: {
    member: { from: 'member' }, activity_type_id: { from: 'type', map: { sale: 'purchase' } },
    value: { sum: 'value', as: 'decimal' },
    transaction_timestamp: { from: 'at', format: 'dd-MM-yyyy HH:mm', zone: 'UTC' },
  },
  amount: { from: 'value', currency: 'USD' },
}`;
const names = ['excel', 'calc', 'damaged', 'refusals', 'again'];
const world = await makeWorld(Object.fromEntries(names.map((name) => [name, pipeline(name)])));
const header = 'id,member,type,value,at,ean,city\n';
interface Line {
  id: string;
  member?: string;
  type?: string;
  value?: string;
  at?: string;
}
const line = ({
  id,
  member = `m${id}`,
  type = 'sale',
  value = '5.00',
  at = '11-05-2026 14:02',
}: Line): string => `${id},${member},${type},${value},${at},7210448301122,Łódź\n`;

function folderOf(run: string): string {
  const runs = path.join(world.folder, '.pointferry', 'runs');
  return path.join(runs, readdirSync(runs).find((name) => name.endsWith(`_${run}`)) ?? '');
}
const summaryOf = (run: string): Summary =>
  JSON.parse(readFileSync(path.join(folderOf(run), 'summary.json'), 'utf8'));
const errorsOf = (run: string): string[][] =>
  cellsOf(readFileSync(path.join(folderOf(run), 'errors.csv'), 'utf8'));
const set = (rows: string[][], row: number, column: string, cell: string): void => {
  const [titles = []] = rows;
  (rows[row] as string[])[titles.indexOf(column)] = cell;
};

test('through a spreadsheet: edits of the column at fault count, what the spreadsheet did is restored', async () => {
  const days = ['01', '02', '03', '04', '05'];
  world.write(
    'excel/a.csv',
    header +
      days.map((day) => line({ id: `0009200${day}`, at: `2026/05/${day} 14:02` })).join('') +
      line({ id: '0009300', type: 'gift' }) +
      line({ id: '0009400' }),
  );
  const night = await world.summary(['run', 'excel']);
  assert.deepEqual(
    { rejected: night.rows.rejected, delivered: night.rows.delivered },
    { rejected: 6, delivered: 1 },
  );
  const rows = errorsOf(night.run);
  const saved = rows.map((row, index) => (index === 0 ? row : row.map(shownByExcel)));
  assert.match(saved[1]?.[0] ?? '', /^92001$|^920001$/, 'the zeros are gone');
  assert.match(saved[1]?.[5] ?? '', /E\+/);
  // three are mended, the fourth is left as the spreadsheet has it, the fifth row is left out, the sixth untouched
  for (const [index, day] of ['01', '02', '03'].entries())
    set(saved, index + 1, 'at', `${day}-05-2026 14:02`);
  saved.splice(5, 1);
  set(saved, 5, 'city', 'Krakau'); // nobody asked for that
  world.write('fix.csv', savedByExcel(saved));
  const look = await world.ferry(['rerun', night.run, '--from', 'fix.csv', '--dry-run', '--show-values']);
  assert.equal(look.code, 0, look.err);
  assert.match(look.out, /fix\.csv: 5 rows of r\w+, ';', windows-1252 \(saved by a spreadsheet\)/);
  assert.match(look.out, /3 edited +at 3/);
  assert.match(look.out, /2 untouched/);
  assert.match(look.out, /id 5, zeros: 920001 -> 000920001|id 5, zeros: 92000\d+ -> 0009200\d+/);
  assert.match(look.out, /ean 5, exponent: 7,21045E\+12 -> 7210448301122/);
  assert.match(look.out, /at 1, date: 04\.05\.2026 14:02 -> 2026\/05\/04 14:02/);
  assert.match(look.out, /city 4, characters/);
  assert.match(look.out, /1 not taken .*city 1/);
  assert.match(look.out, /would send 3 transactions, 15\.00/);
  assert.match(look.out, /do it: {2}pointferry rerun r\w+ --from fix\.csv --yes/);
  const masked = await world.ferry(['rerun', night.run, '--from', 'fix.csv', '--dry-run']);
  assert.doesNotMatch(masked.out, /7210448301122/);
  assert.equal(summaryOf(night.run).rows.rejected, 6, 'a dry run changes nothing');
  const done = await world.summary(['rerun', night.run, '--from', 'fix.csv', '--yes']);
  assert.deepEqual(
    { exitCode: done.exitCode, delivered: done.selected?.delivered, rejected: done.selected?.rejected },
    { exitCode: 1, delivered: 3, rejected: 2 },
  );
  const after = summaryOf(night.run);
  assert.deepEqual(
    { delivered: after.rows.delivered, rejected: after.rows.rejected, balanced: after.balanced },
    { delivered: 4, rejected: 3, balanced: true },
  );
  const members = (await world.admin.effects()).map((effect) => effect.subject);
  assert.ok(members.includes('m000920001'), members.join());
  const again = await world.ferry(['rerun', night.run, '--from', 'fix.csv', '--yes', '--json']);
  assert.equal(JSON.parse(again.out).selected.read, 2, 'what is delivered is not taken again');
});

test('through LibreOffice', { skip: hasLibreOffice ? false : 'LibreOffice is not installed' }, async () => {
  world.write(
    'calc/a.csv',
    header + ['01', '02'].map((day) => line({ id: `00077${day}`, at: `2026/05/${day} 14:02` })).join(''),
  );
  const night = await world.summary(['run', 'calc']);
  const saved = cellsOf(await throughLibreOffice(path.join(folderOf(night.run), 'errors.csv')), ';');
  assert.equal(saved[1]?.[0], '7701', 'it took the zeros');
  set(saved, 1, 'at', '01-05-2026 14:02');
  world.write('calc.csv', savedByExcel(saved));
  const done = await world.summary(['rerun', night.run, '--from', 'calc.csv', '--yes']);
  assert.deepEqual(
    { read: done.selected?.read, delivered: done.selected?.delivered, rejected: done.selected?.rejected },
    { read: 2, delivered: 1, rejected: 1 },
  );
  const members = (await world.admin.effects()).map((effect) => effect.subject);
  assert.ok(members.includes('m0007701'), members.join());
});

test('a record that could not be parsed is written anew; what stands beside it is whole again', async () => {
  world.write(
    'damaged/a.csv',
    `${header}${line({ id: 'd1' })}d2,md2,sale,"2.50,11-05\n${line({ id: 'd3' })}`,
  );
  const night = await world.summary(['run', 'damaged']);
  assert.equal(night.balanced, true);
  const damaged = night.rows.rejected ?? 0;
  assert.ok(damaged >= 2 && night.rows.delivered === 3 - damaged, JSON.stringify(night.rows));
  const rows = errorsOf(night.run);
  const at = rows.findIndex((row, index) => index > 0 && (row.at(-1) ?? '') !== '');
  for (const [column, cell] of [
    ['id', 'd2'],
    ['member', 'md2'],
    ['type', 'sale'],
    ['value', '2.50'],
    ['at', '11-05-2026 15:00'],
  ] as const)
    set(rows, at, column, cell);
  world.write('whole.csv', savedByExcel(rows));
  const look = await world.ferry(['rerun', night.run, '--from', 'whole.csv', '--dry-run']);
  assert.match(look.out, /1 edited +whole row 1/);
  assert.match(look.out, /1 row now readable \(2\.50\)/);
  const done = await world.summary(['rerun', night.run, '--from', 'whole.csv', '--yes']);
  assert.equal(done.exitCode, 0, JSON.stringify(done.errors));
  const after = summaryOf(night.run);
  assert.deepEqual(
    {
      rejected: after.rows.rejected,
      delivered: after.rows.delivered,
      balanced: after.balanced,
      exitCode: after.exitCode,
    },
    { rejected: 0, delivered: 3, balanced: true, exitCode: 0 },
  );
  assert.deepEqual(
    {
      delivered: after.amount?.USD?.delivered,
      corrected: after.amount?.USD?.corrected,
      unreadable: after.amount?.USD?.unreadable,
    },
    { delivered: '10.00', corrected: '2.50', unreadable: 1 },
    'the amount as first read stays, what the edit made of it stands apart',
  );
});

test('refused as a whole: masked, doubled or unknown rows, the identity of what was sent, a file that is none', async () => {
  world.write(
    'refusals/a.csv',
    header + line({ id: 'r1', member: 'mem_refused' }) + line({ id: 'r2', at: 'x' }),
  );
  await world.admin.setFaults([{ subject: 'mem_refused', count: 1, do: { kind: 'status', status: 422 } }]);
  const night = await world.summary(['run', 'refusals']);
  assert.deepEqual({ failed: night.rows.failed, rejected: night.rows.rejected }, { failed: 1, rejected: 1 });
  const before = (await world.admin.stats()).hang.requests;
  const refused = async (rows: string[][], says: RegExp, more: string[] = []): Promise<void> => {
    world.write('bad.csv', savedByExcel(rows));
    const ran = await world.ferry(['rerun', night.run, '--from', 'bad.csv', '--yes', ...more]);
    assert.equal(ran.code, 64, ran.out + ran.err);
    assert.match(ran.err, says);
  };
  const rows = errorsOf(night.run);
  await refused([...rows, rows[1] ?? []], /is there twice/);
  const unknown = structuredClone(rows);
  set(unknown, 1, '_row_id', '999999-1');
  await refused(unknown, /"999999-1" is not a row of this run/);
  const renamed = structuredClone(rows);
  set(renamed, 1, 'id', 'r9');
  await refused(renamed, /id of a row that was sent cannot be edited/, ['--accept', 'id']);
  await refused(rows, /has a column "citty" \(did you mean "city"\?\)/, ['--accept', 'citty']);
  await refused([['a', 'b']], /has no column _row_id/);
  await world.ferry(['errors', night.run, '--out', 'masked.csv', '--mask']);
  const masked = await world.ferry(['rerun', night.run, '--from', 'masked.csv']);
  assert.deepEqual({ code: masked.code, says: /is masked/.test(masked.err) }, { code: 64, says: true });
  assert.equal((await world.ferry(['rerun', night.run, '--from', 'nowhere.csv'])).code, 64);
  assert.equal((await world.ferry(['rerun', night.run, '--from', 'bad.csv', '--code', 'X'])).code, 64);
  assert.equal((await world.admin.stats()).hang.requests, before);
});

test('an edit stays when the row is rerun without the file', async () => {
  world.write('again/a.csv', header + line({ id: 'x1', member: 'mem_again', value: '-3.00' }));
  const night = await world.summary(['run', 'again']);
  assert.equal(night.rows.rejected, 1);
  const rows = errorsOf(night.run);
  assert.equal(rows[1]?.[3], '-3.00', 'a plain number needs no guard');
  set(rows, 1, 'value', '3.00');
  world.write('value.csv', savedByExcel(rows));
  await world.admin.setFaults([{ subject: 'mem_again', count: 1, do: { kind: 'status', status: 422 } }]);
  const first = await world.summary(['rerun', night.run, '--from', 'value.csv', '--yes']);
  assert.deepEqual(
    { exitCode: first.exitCode, failed: first.selected?.failed },
    { exitCode: 1, failed: 1 },
    JSON.stringify([first.selected, first.errors]),
  );
  const second = await world.summary(['rerun', first.run]);
  assert.deepEqual(
    { exitCode: second.exitCode, delivered: second.selected?.delivered, of: second.of[0] },
    { exitCode: 0, delivered: 1, of: night.run },
  );
  assert.deepEqual(
    { value: second.operations.value, effects: (await world.admin.effects({ subject: 'mem_again' })).length },
    { value: '3.00', effects: 1 },
  );
  const after = summaryOf(night.run);
  assert.deepEqual(
    {
      read: after.amount?.USD?.read,
      delivered: after.amount?.USD?.delivered,
      corrected: after.amount?.USD?.corrected,
    },
    { read: '-3.00', delivered: '-3.00', corrected: '6.00' },
  );
});
