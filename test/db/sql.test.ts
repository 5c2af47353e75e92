import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../../src/db/failure.ts';
import { withClient } from '../../src/db/pool.ts';
import { execute, jsonRows, offsetInSource, parseStatement } from '../../src/db/sql.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { cloneDatabase } from '../support/postgres.ts';

const { db } = await cloneDatabase();

const texts: readonly (readonly [string, string, readonly string[]])[] = [
  ['select :a, :b, :a', 'select $1, $2, $1', ['a', 'b']],
  ['select :a::text::date', 'select $1::text::date', ['a']],
  ["select ':no', 'it''s :no', :yes", "select ':no', 'it''s :no', $1", ['yes']],
  ["select E'\\':no', e'a\\\\', :yes", "select E'\\':no', e'a\\\\', $1", ['yes']],
  ['select ":no", "a"":no", :yes', 'select ":no", "a"":no", $1', ['yes']],
  ['-- what :no means\nselect :yes', '-- what :no means\nselect $1', ['yes']],
  ['/* :no /* :no */ :no */ select :yes', '/* :no /* :no */ :no */ select $1', ['yes']],
  ['do $$ :no $$; do $x$ :no $$ :no $x$; :yes', 'do $$ :no $$; do $x$ :no $$ :no $x$; $1', ['yes']],
  ['select a[1:2], a[x:y], f(a => :yes)', 'select a[1:2], a[x:y], f(a => $1)', ['yes']],
  ['select 1', 'select 1', []],
];

test('parameters are found, and nothing else is taken for one', () => {
  for (const [source, text, params] of texts) {
    const parsed = parseStatement('t', source);
    assert.equal(parsed.text, text);
    assert.deepEqual(parsed.params, params);
  }
});

test('a place in the statement is found again in its file', () => {
  const source = 'select :long_name, :b, 𝄞oops';
  const parsed = parseStatement('t', source);
  assert.equal(parsed.text, 'select $1, $2, 𝄞oops');
  assert.equal(offsetInSource(parsed, Array.from('select $1, $2, ').length + 1), source.indexOf('𝄞'));
  assert.equal(offsetInSource(parsed, 8), 7);
});

test('a statement gives typed rows for named parameters', async () => {
  const parsed = parseStatement(
    't',
    'select x * :factor::int as y from unnest(:xs::int[]) x where :nothing::text is null',
  );
  const { rows } = await withClient(db, (client) =>
    execute(client, parsed, { factor: 2, xs: [1, 2], nothing: null }),
  );
  assert.deepEqual(rows, [{ y: 2 }, { y: 4 }]);
});

test('names are snake_case in SQL and camelCase in TypeScript; inside a JSON column they stay', async () => {
  const parsed = parseStatement(
    't',
    `select r.exit_code, :by_whom::text as decided_by, '{"as_is": 1}'::jsonb as some_json
       from json_to_recordset(:some_rows::json) as r (exit_code integer)`,
  );
  assert.deepEqual(parsed.params, ['byWhom', 'someRows']);
  const { rows } = await withClient(db, (client) =>
    execute(client, parsed, { byWhom: 'me', someRows: jsonRows([{ exitCode: 3 }]) }),
  );
  assert.deepEqual(rows, [{ exitCode: 3, decidedBy: 'me', someJson: { as_is: 1 } }]);
});

test('names missing and names too many are named', async () => {
  const parsed = parseStatement('push/claim', 'select :a, :b');
  await withClient(db, async (client) => {
    await assert.rejects(
      execute(client, parsed, { a: 1, c: 2 }),
      /sql\/push\/claim\.sql was called without b and with c/,
    );
  });
});

test('a failing statement names file, line and column and points at the place', async () => {
  const parsed = parseStatement('stage/books', 'select :a::text,\n\twrong_column\n from pg_class');
  const failure = await inTransaction(db, (client) => execute(client, parsed, { a: 'x' })).catch(
    (error: unknown) => error,
  );
  assert.ok(failure instanceof DatabaseError);
  assert.equal(
    failure.message,
    'sql/stage/books.sql:2:2: column "wrong_column" does not exist (42703)\n    \twrong_column\n    \t^',
  );
  assert.equal(failure.exitCode, 70);
  assert.equal(failure.sqlstate, '42703');
});
