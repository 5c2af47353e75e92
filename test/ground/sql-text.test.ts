import assert from 'node:assert/strict';
import { test } from 'node:test';
import { column, literal, name, numeral, sql, table, textArray } from '../../src/ground/sql-text.ts';

test('what a pipeline says goes into SQL quoted', () => {
  const cell = `a"b'c\\d`;
  assert.equal(
    sql`select ${name(cell)} = ${literal(cell)} or x = any (${textArray(['a', "b'"])}) limit ${3}`,
    `select "a""b'c\\d" = E'a"b''c\\\\d' or x = any (array['a', 'b''']) limit 3`,
  );
  assert.equal(sql`${column('c', 3, 'Straße; drop table')}`, 'c3_stra_e_drop_table');
});

test('text that nobody quoted does not compile', () => {
  const cell: string = 'a';
  // @ts-expect-error it has to pass through name or literal
  sql`select ${cell}`;
  // @ts-expect-error a part that may be missing is decided on first
  sql`select ${[literal(cell)][0]}`;
});

test('numbers and tables that need no quotes are what they say', () => {
  assert.equal(numeral('0.01'), '0.01');
  assert.equal(table('pointferry_staging.run_rows'), 'pointferry_staging.run_rows');
  for (const text of ['', '-1', '1e3', '1; select', '1.']) assert.throws(() => numeral(text), TypeError);
  for (const text of ['', 'A', 'a.b.c', 'a b', '"a"']) assert.throws(() => table(text), TypeError);
});
