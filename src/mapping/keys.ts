/** Keys made of columns: what groups rows, and what makes an event the same event. */

import type { KeyColumn } from '../pipeline/mapping.ts';
import { keyColumnName } from './columns.ts';
import { at, type Context, type FaultSql, rawCell } from './context.ts';
import { tooLongReason, tooLongSql } from './indexed.ts';
import { column, literal } from './quote.ts';
import { cleanText } from './text.ts';

export interface Key {
  /** Column with the key as text; null where one of its cells is empty. */
  readonly value: string;
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
      when: `${text} is null`,
      code: literal('NORMALIZE_REQUIRED'),
      field: '',
      columns: [name],
      value: cell,
      reason: `the ${about} is empty`,
    });
    return text;
  });
  const escaped = texts.map((text) => `replace(replace(${text}, '\\', '\\\\'), '|', '\\|')`);
  const sql = texts.length === 1 ? `${texts[0]}` : escaped.join(` || '|' || `);
  const value = context.levels.add(at.key, column('k', context.next(), about), sql);
  const names = columns.map(keyColumnName);
  const cells = names.map((name) => rawCell(context, name));
  faults.push({
    when: tooLongSql(value),
    code: literal('NORMALIZE_TOO_LONG'),
    field: '',
    columns: names,
    value: cells.length === 1 ? `${cells[0]}` : `concat_ws(' | ', ${cells.join(', ')})`,
    reason: tooLongReason(`the ${about}`),
  });
  return { value, faults };
}
