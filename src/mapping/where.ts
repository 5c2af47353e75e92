/** `where`: which rows are sent. Two-valued: a missing or empty cell is the text ''. */

import { and, literal, or, type Sql, sql, textArray } from '../ground/sql-text.ts';
import type { Condition, Where } from '../pipeline/types.ts';
import { trimmed } from './text.ts';

/** SQL that is true where the row is sent. `cell` gives the SQL of a column's cell. */
export function whereSql(where: Where, cell: (column: string) => Sql, nulls: readonly string[]): Sql {
  const tests = Object.entries(where).map(([column, test]) => {
    if (isWheres(test)) {
      const parts = test.map((one) => whereSql(one, cell, nulls));
      return column === 'or' ? or(...parts) : and(...parts);
    }
    return conditionSql(sql`coalesce(${trimmed(cell(column))}, '')`, test, nulls);
  });
  return and(...tests);
}

/** Is it the list of `and` or `or`, rather than a list of texts? */
export function isWheres(test: Where[string]): test is readonly Where[] {
  return Array.isArray(test) && test.some((one) => typeof one === 'object');
}

const isTexts = (test: string | readonly string[] | Condition): test is readonly string[] =>
  Array.isArray(test);

function conditionSql(
  text: Sql,
  test: string | readonly string[] | Condition,
  nulls: readonly string[],
): Sql {
  if (typeof test === 'string') return sql`${text} = ${literal(test)}`;
  if (isTexts(test)) return sql`${text} = any (${textArray(test)})`;
  const parts: Sql[] = [];
  if (test.equals !== undefined) parts.push(sql`${text} = ${literal(test.equals)}`);
  if (test.in !== undefined) parts.push(sql`${text} = any (${textArray(test.in)})`);
  if (test.matches !== undefined) parts.push(sql`pointferry.matches(${text}, ${literal(test.matches)})`);
  if (test.empty !== undefined) {
    parts.push(sql`(${text} = any (${textArray(['', ...nulls])})) = ${test.empty}`);
  }
  if (test.not !== undefined) parts.push(sql`not ${and(conditionSql(text, test.not, nulls))}`);
  return and(...parts);
}

/** Columns that a `where` looks at. */
export function whereColumns(where: Where): readonly string[] {
  return Object.entries(where).flatMap(([column, test]) =>
    isWheres(test) ? test.flatMap(whereColumns) : [column],
  );
}
