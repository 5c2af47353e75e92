/** Columns bound by name: each kind of drift has its stated outcome. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindHeader, identifiers, type Needed } from '../../src/stage/header.ts';

const needed: Needed[] = [
  { name: 'member_id', required: true, aliases: ['customer'] },
  { name: 'amount', required: true },
  { name: 'note', required: false },
];
const places = (names: string[], policy = {}) =>
  Object.fromEntries(
    [...bindHeader(names, needed, policy).byNeeded].map(([name, { index }]) => [name, index]),
  );
const refusal = (names: string[], message: RegExp, policy = {}) =>
  assert.throws(() => bindHeader(names, needed, policy), { code: 'STAGE_HEADER', message });

test('reordered columns are bound by name, in silence', () => {
  assert.deepEqual(places(['note', 'amount', 'member_id']), { member_id: 2, amount: 1, note: 0 });
  assert.deepEqual(bindHeader(['note', 'amount', 'member_id'], needed).warnings, []);
});

test('a renamed column is found by its alias, with a warning', () => {
  const { warnings, byNeeded } = bindHeader(['customer', 'amount', 'note'], needed);
  assert.equal(byNeeded.get('member_id')?.index, 0);
  assert.deepEqual(warnings, ['column "member_id" is taken from "customer"']);
});

test('case, white space and a glued byte order mark do not matter, unless the match is exact', () => {
  assert.deepEqual(places(['\ufeffMember_ID ', ' AMOUNT', 'note']), { member_id: 0, amount: 1, note: 2 });
  refusal(['Member_ID', 'amount', 'note'], /"member_id" is missing \(did you mean "Member_ID"\?\)/, {
    match: 'exact',
  });
});

test('every missing required column is named, an optional one only warned of', () => {
  refusal(['x'], /"member_id" is missing.*"amount" is missing/);
  refusal(['member-id', 'amount'], /did you mean "member-id"/);
  assert.deepEqual(bindHeader(['member_id', 'amount'], needed).warnings, [
    'column "note" is missing, and is not required',
  ]);
});

test('a refusal does not repeat what may be somebody’s data', () => {
  assert.throws(
    () => bindHeader(['Ann Smith', 'ann@example.com'], needed),
    (error: Error) => !/Ann|ann@/.test(error.message),
  );
});

test('a header of one column names the delimiter it may really have', () => {
  refusal(['member_id;amount;note'], /one column only; the line holds ";" 2 times: is the delimiter ";"\?/);
  refusal(['member_id,amount,note'], /is the delimiter ","\?/, { delimiter: ';' });
  refusal(['member_id;amount'], /the line holds ";" once: is the delimiter ";"\?/);
});

test('a needed column that occurs twice is refused, another one kept apart', () => {
  refusal(['member_id', 'amount', 'amount'], /"amount" occurs 2 times/);
  refusal(['member_id', 'Amount', 'AMOUNT'], /"amount" occurs 2 times/);
  assert.equal(places(['member_id', 'Amount', 'amount']).amount, 2);
  const { columns, warnings } = bindHeader(['member_id', 'amount', 'x', 'x', 'note'], needed);
  assert.deepEqual(
    columns.map(({ column }) => column),
    ['member_id', 'amount', 'x', 'x~2', 'note'],
  );
  assert.equal(warnings.length, 2);
});

test('extra columns are accepted, warned of or refused, as stated', () => {
  const names = ['member_id', 'amount', 'note', 'colour'];
  assert.deepEqual(bindHeader(names, needed).warnings, []);
  assert.deepEqual(bindHeader(names, needed, { extra: 'warn' }).warnings, ['columns not used: "colour"']);
  refusal(names, /does not know these columns: "colour"/, { extra: 'refuse' });
});

test('one column cannot stand for two', () => {
  const two = [...needed, { name: 'customer', required: true }];
  assert.throws(() => bindHeader(['customer', 'amount', 'note'], two), { message: /taken for both/ });
});

test('hostile names become plain identifiers', () => {
  const hostile = [
    '__proto__',
    'constructor',
    'ctid',
    'xmin',
    '',
    '',
    '_cells',
    'a"b',
    "'; drop table x --",
    'oid',
  ];
  assert.deepEqual(identifiers(hostile), [
    '___proto__',
    'constructor',
    'ctid~',
    'xmin~',
    'column_5',
    'column_6',
    '__cells',
    'a"b',
    "'; drop table x --",
    'oid',
  ]);
  const { byNeeded } = bindHeader(['__proto__', 'toString'], [{ name: '__proto__', required: true }]);
  assert.equal(byNeeded.get('__proto__')?.column, '___proto__');
});

test('overlong names are cut to 63 bytes between characters, and never collide', () => {
  const long = 'é'.repeat(40);
  const names = [`${long}1`, `${long}2`, 'é'.repeat(31), 'column_5', ''];
  const given = identifiers(names);
  assert.deepEqual(
    given.map((name) => Buffer.byteLength(name) <= 63),
    [true, true, true, true, true],
  );
  assert.equal(new Set(given).size, 5);
  assert.deepEqual(given.slice(2), ['é'.repeat(31), 'column_5', 'column_5~2']);
});

test('more than 300 columns are kept as cells, 2,000 of them at once', () => {
  const names = Array.from({ length: 2000 }, (_, i) => (i % 2 ? `c${i}` : 'same'));
  const { mode, columns } = bindHeader(['member_id', 'amount', ...names], needed);
  assert.equal(mode, 'cells');
  assert.equal(new Set(columns.map(({ column }) => column)).size, 2002);
  assert.equal(bindHeader(['member_id', 'amount', ...names.slice(0, 298)], needed).mode, 'columns');
});
