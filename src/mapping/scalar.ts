/** One scalar mapping -> columns of the row query: cleaned text, typed value, and the faults it may have. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import { type Computed, originOf, type Reading, type Scalar, type Sum } from '../pipeline/mapping.ts';
import { sourceColumns } from './columns.ts';
import { computeSql, parameterized, parseCompute } from './expressions.ts';
import { asOf, type Leaf } from './fields.ts';
import { decimalValue, formOf, numberText } from './number.ts';
import { at, type Context, cellsSql, type FaultSql } from './query.ts';
import { column, literal } from './sql.ts';
import { cleanText, clearTest, mapped } from './text.ts';
import { typedValue } from './types/typed.ts';

/** Adds the columns of a scalar to the query. */
export function compileScalar(
  context: Context,
  path: string,
  mapping: Scalar,
  declared?: FieldDeclaration,
): Leaf {
  const origin = originOf(mapping) ?? 'from';
  if ('sum' in mapping || 'compute' in mapping) return compileNumber(context, path, mapping, declared);
  const number = context.next();
  const columns = sourceColumns(mapping);
  const reading: Reading = mapping;
  const as = asOf(mapping, declared?.type);
  const text = context.levels.add(at.text, column('t', number, path), textSql(context, mapping));
  const about = { field: path, columns, value: cellsSql(context, columns) };
  const faults: FaultSql[] = [];
  if ('sql' in mapping) {
    const when = `${rawSqlColumn(context, mapping.sql)}[2] is not null`;
    faults.push({
      ...about,
      when,
      code: literal('NORMALIZE_SQL'),
      reason: 'the raw SQL expression gave an error',
    });
  }
  let given = text;
  if (reading.map !== undefined) {
    given = context.levels.add(
      at.mapped,
      column('m', number, path),
      mapped(text, reading.map, reading.otherwise),
    );
    if (reading.otherwise === undefined || reading.otherwise === 'reject') {
      const when = `${text} is not null and ${given} is null`;
      faults.push({
        ...about,
        when,
        code: literal('NORMALIZE_NOT_IN_LIST'),
        reason: 'not a value that the map of the pipeline knows',
      });
    }
  }
  faults.push(...lengthFaults(reading, given, about));
  const typed = typedValue(context, number, path, as, given, reading, declared, columns[0] ?? '');
  // text is always what it is
  if (as !== 'text')
    faults.push({
      ...about,
      when: `${given} is not null and ${typed.value} is null`,
      code: typed.code,
      reason: typed.reason,
    });
  const cleared =
    reading.clear === undefined || !('from' in mapping)
      ? null
      : context.levels.add(
          at.text,
          column('x', number, path),
          clearTest(context.cell(mapping.from), reading.clear),
        );
  return { path, origin, columns, as, value: typed.value, cleared, faults };
}

function textSql(context: Context, mapping: Exclude<Scalar, Sum | { readonly compute: string }>): string {
  if ('constant' in mapping) return `${literal(mapping.constant)}::text`;
  if ('sql' in mapping) return cleanText(`${rawSqlColumn(context, mapping.sql)}[1]`, mapping, []);
  const clean = (name: string, extra: readonly string[] = []): string =>
    cleanText(context.cell(name), mapping, [...context.nulls, ...extra]);
  if ('from' in mapping) {
    if (mapping.clear === undefined) return clean(mapping.from);
    return `case when not ${clearTest(context.cell(mapping.from), mapping.clear)} then ${clean(mapping.from)} end`;
  }
  if ('firstOf' in mapping) return `coalesce(${mapping.firstOf.map((name) => clean(name)).join(', ')})`;
  const parts = mapping.join.map((name) => clean(name)).join(', ');
  return `nullif(concat_ws(${literal(mapping.with ?? ' ')}, ${parts}), '')`;
}

/** The column {value, error} of a raw expression. */
function rawSqlColumn(context: Context, sql: string): string {
  const cells = sourceColumns({ sql }).map((name) => context.cell(name));
  const call = `pointferry.raw_sql(${literal(parameterized(sql))}, array[${cells.join(', ')}]::text[])`;
  return context.levels.add(at.raw, column('r', context.next(), 'sql'), call);
}

function lengthFaults(
  reading: Reading,
  text: string,
  about: Pick<FaultSql, 'field' | 'columns' | 'value'>,
): FaultSql[] {
  const { min, max } = reading.length ?? {};
  const faults: FaultSql[] = [];
  if (max !== undefined) {
    faults.push({
      ...about,
      when: `length(${text}) > ${max}`,
      code: literal('NORMALIZE_TOO_LONG'),
      reason: `longer than ${max} characters`,
    });
  }
  if (min !== undefined) {
    faults.push({
      ...about,
      when: `length(${text}) < ${min}`,
      code: literal('NORMALIZE_TOO_SHORT'),
      reason: `shorter than ${min} characters`,
    });
  }
  return faults;
}

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
