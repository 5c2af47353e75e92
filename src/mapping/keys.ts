/** Keys made of columns: what groups rows, and what makes an event the same event. */

import { column, join, literal, type Sql, sql } from '../ground/sql-text.ts';
import type { KeyColumn } from '../pipeline/mapping.ts';
import { keyColumnName } from './columns.ts';
import { at, type Context, type FaultSql, rawCell } from './query.ts';
import { cleanText } from './text.ts';

export interface Key {
  /** Column with the key as text; null where one of its cells is empty. */
  readonly value: Sql;
  readonly faults: readonly FaultSql[];
}

/**
 * Adds a key at level `key`. One column: its cleaned text. Several: joined with `|`, where `\` and `|` in a part get a
 * `\`, so that different parts never make the same key.
 */
export function compileKey(context: Context, columns: readonly KeyColumn[], about: string): Key {
  const faults: FaultSql[] = [];
  const texts = columns.map((one) => {
    const name = keyColumnName(one);
    const cell = rawCell(context, name);
    const rules = typeof one === 'string' ? {} : one;
    const text = context.levels.add(
      at.keyText,
      column('k', context.next(), name),
      cleanText(cell, rules, context.nulls),
    );
    faults.push({
      when: sql`${text} is null`,
      code: literal('NORMALIZE_REQUIRED'),
      field: '',
      columns: [name],
      value: cell,
      reason: `the ${about} is empty`,
    });
    return text;
  });
  const escaped = texts.map((text) => sql`replace(replace(${text}, '\\', '\\\\'), '|', '\\|')`);
  const key = texts.length === 1 ? join(texts, '') : join(escaped, " || '|' || ");
  const value = context.levels.add(at.key, column('k', context.next(), about), key);
  const names = columns.map(keyColumnName);
  const cells = names.map((name) => rawCell(context, name));
  faults.push({
    when: tooLongSql(value),
    code: literal('NORMALIZE_TOO_LONG'),
    field: '',
    columns: names,
    value: cells.length === 1 ? join(cells, '') : sql`concat_ws(' | ', ${join(cells, ', ')})`,
    reason: tooLongReason(`the ${about}`),
  });
  return { value, faults };
}

/**
 * The ledger finds things by keys, so keys stand in its indexes. An index of PostgreSQL takes 2,704 bytes in all, compressed,
 * and refuses more with an error that names no row. So a key has a limit of its own, far below, that leaves room for account,
 * kind and source beside it; a longer one is a fault of its row and of no other. In UTF-8, after the column's own cleaning.
 */
export const mostKeyBytes = 512;

/** SQL, true where the text is too long for a key. The database is UTF8: its bytes are those of UTF-8. */
export const tooLongSql = (text: Sql): Sql => sql`octet_length(${text}) > ${mostKeyBytes}`;

export const isTooLong = (text: string): boolean => Buffer.byteLength(text) > mostKeyBytes;

/** `about`: 'the identity', 'the group key', … */
export const tooLongReason = (about: string): string =>
  `${about} is longer than the ${mostKeyBytes} bytes of a key`;
