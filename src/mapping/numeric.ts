/** `compute` and `sum`: numbers made of decimal columns. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import type { Computed, Sum } from '../pipeline/mapping.ts';
import { sourceColumns } from './columns.ts';
import { computeSql, parseCompute } from './compute.ts';
import { at, type Context, type FaultSql } from './context.ts';
import { asOf, type Leaf } from './leaf.ts';
import { decimalValue, formOf, numberText } from './number.ts';
import { column, literal } from './quote.ts';
import { cleanText } from './text.ts';

/** `compute` and `sum`: exact arithmetic over decimal columns. Empty cells: all of them is empty, some of them a fault. */
export function compileNumber(
  context: Context,
  path: string,
  mapping: Sum | Computed,
  declared: FieldDeclaration | undefined,
): Leaf {
  const text =
    'sum' in mapping ? (typeof mapping.sum === 'string' ? undefined : mapping.sum.compute) : mapping.compute;
  const columns = sourceColumns(mapping);
  const emptyIsZero = 'sum' in mapping && mapping.empty === 'zero';
  const faults: FaultSql[] = [];
  const numbers = new Map<string, string>();
  const texts: string[] = [];
  for (const name of columns) {
    const number = context.next();
    const form = formOf(mapping, context.pipeline.numbers, name);
    const clean = context.levels.add(
      at.text,
      column('t', number, name),
      cleanText(context.cell(name), {}, context.nulls),
    );
    const plain = context.levels.add(at.plain, column('n', number, name), numberText(clean, form));
    const value = context.levels.add(at.date, column('d', number, name), decimalValue(plain, form));
    const about = { field: path, columns: [name], value: context.cell(name) };
    faults.push({
      ...about,
      when: `${clean} is not null and ${value} is null`,
      code: literal('NORMALIZE_NOT_A_NUMBER'),
      reason: 'not a number in the stated form',
    });
    texts.push(clean);
    numbers.set(name, emptyIsZero ? `case when ${clean} is null then 0 else ${value} end` : value);
  }
  if (!emptyIsZero) {
    for (const [index, name] of columns.entries()) {
      const others = texts.filter((_, other) => other !== index).map((other) => `${other} is not null`);
      const when =
        'sum' in mapping
          ? `${texts[index]} is null`
          : `${texts[index]} is null and (${others.join(' or ') || 'false'})`;
      faults.push({
        field: path,
        columns: [name],
        value: context.cell(name),
        when,
        code: literal('NORMALIZE_REQUIRED'),
        reason: 'an empty cell cannot be reckoned with',
      });
    }
  }
  const numberOf = (name: string): string => numbers.get(name) ?? 'null::numeric';
  const sql = text === undefined ? numberOf(columns[0] ?? '') : computeSql(parseCompute(text), numberOf);
  const value = context.levels.add(at.value, column('v', context.next(), path), sql);
  return {
    path,
    origin: 'sum' in mapping ? 'sum' : 'compute',
    columns,
    as: asOf(mapping, declared?.type),
    value,
    cleared: null,
    faults,
  };
}
