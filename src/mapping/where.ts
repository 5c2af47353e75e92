/** `where`: which rows are sent. Two-valued: a missing or empty cell is the text ''. */

import type { Condition, Where } from '../pipeline/types.ts';
import { and, literal, or, textArray } from './sql.ts';
import { trimmed } from './text.ts';

/** SQL that is true where the row is sent. `cell` gives the SQL of a column's cell. */
export function whereSql(where: Where, cell: (column: string) => string, nulls: readonly string[]): string {
  const tests = Object.entries(where).map(([column, test]) => {
    if (isWheres(test)) {
      const parts = test.map((one) => whereSql(one, cell, nulls));
      return column === 'or' ? or(...parts) : and(...parts);
    }
    return conditionSql(`coalesce(${trimmed(cell(column))}, '')`, test, nulls);
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
  text: string,
  test: string | readonly string[] | Condition,
  nulls: readonly string[],
): string {
  if (typeof test === 'string') return `${text} = ${literal(test)}`;
  if (isTexts(test)) return `${text} = any (${textArray(test)})`;
  const parts: string[] = [];
  if (test.equals !== undefined) parts.push(`${text} = ${literal(test.equals)}`);
  if (test.in !== undefined) parts.push(`${text} = any (${textArray(test.in)})`);
  if (test.matches !== undefined) parts.push(`pointferry.matches(${text}, ${literal(test.matches)})`);
  if (test.empty !== undefined) {
    parts.push(`(${text} = any (${textArray(['', ...nulls])})) = ${test.empty}`);
  }
  if (test.not !== undefined) parts.push(`not ${and(conditionSql(text, test.not, nulls))}`);
  return and(...parts);
}

/** Columns that a `where` looks at. */
export function whereColumns(where: Where): readonly string[] {
  return Object.entries(where).flatMap(([column, test]) =>
    isWheres(test) ? test.flatMap(whereColumns) : [column],
  );
}
