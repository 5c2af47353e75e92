/** One scalar mapping -> columns of the row query: cleaned text, typed value, and the faults it may have. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import { column, join, literal, type Sql, sql } from '../ground/sql-text.ts';
import { type Computed, originOf, type Reading, type Scalar, type Sum } from '../pipeline/mapping.ts';
import { sourceColumns } from './columns.ts';
import { computeSql, parameterized, parseCompute } from './expressions.ts';
import type { Leaf } from './fields.ts';
import { decimalValue, formOf, numberText } from './number.ts';
import { at, type Context, cellsSql, type FaultSql } from './query.ts';
import { cleanText, clearTest, mapped } from './text.ts';
import { typeOf } from './types/index.ts';

/** Adds the columns of a scalar to the query. */
export function compileScalar(
  context: Context,
  path: string,
  mapping: Scalar,
  declared?: FieldDeclaration,
): Leaf {
  if ('sum' in mapping || 'compute' in mapping) return compileNumber(context, path, mapping, declared);
  const number = context.next();
  const columns = sourceColumns(mapping);
  const reading: Reading = mapping;
  const type = typeOf(mapping, declared?.type);
  const clean = context.levels.add(at.text, column('t', number, path), textSql(context, mapping));
  const about = { field: path, columns, value: cellsSql(context, columns) };
  const faults: FaultSql[] = 'sql' in mapping ? [sqlFault(context, mapping.sql, about)] : [];
  const { map, otherwise } = reading;
  const text =
    map === undefined
      ? clean
      : context.levels.add(at.mapped, column('m', number, path), mapped(clean, map, otherwise));
  if (map !== undefined && (otherwise === undefined || otherwise === 'reject'))
    faults.push({
      ...about,
      when: sql`${clean} is not null and ${text} is null`,
      code: literal('NORMALIZE_NOT_IN_LIST'),
      reason: 'not a value that the map of the pipeline knows',
    });
  faults.push(...lengthFaults(reading, text, about));
  const source = columns[0] ?? '';
  const { value, reason, code } = type.read({ context, number, path, text, reading, declared, source });
  if (type.code !== null)
    faults.push({
      ...about,
      when: sql`${text} is not null and ${value} is null`,
      code: code ?? literal(type.code),
      reason,
    });
  const cleared =
    reading.clear === undefined || !('from' in mapping)
      ? null
      : context.levels.add(
          at.text,
          column('x', number, path),
          clearTest(context.cell(mapping.from), reading.clear),
        );
  return { path, origin: originOf(mapping) ?? 'from', columns, type, value, cleared, faults };
}

type About = Pick<FaultSql, 'field' | 'columns' | 'value'>;

const sqlFault = (context: Context, expression: string, about: About): FaultSql => ({
  ...about,
  when: sql`${rawSqlColumn(context, expression)}[2] is not null`,
  code: literal('NORMALIZE_SQL'),
  reason: 'the raw SQL expression gave an error',
});

function textSql(context: Context, mapping: Exclude<Scalar, Sum | { readonly compute: string }>): Sql {
  if ('constant' in mapping) return sql`${literal(mapping.constant)}::text`;
  if ('sql' in mapping) return cleanText(sql`${rawSqlColumn(context, mapping.sql)}[1]`, mapping, []);
  const clean = (name: string): Sql => cleanText(context.cell(name), mapping, context.nulls);
  if ('from' in mapping) {
    if (mapping.clear === undefined) return clean(mapping.from);
    return sql`case when not ${clearTest(context.cell(mapping.from), mapping.clear)} then ${clean(mapping.from)} end`;
  }
  if ('firstOf' in mapping) return sql`coalesce(${join(mapping.firstOf.map(clean), ', ')})`;
  const parts = join(mapping.join.map(clean), ', ');
  return sql`nullif(concat_ws(${literal(mapping.with ?? ' ')}, ${parts}), '')`;
}

/** The column {value, error} of a raw expression. */
function rawSqlColumn(context: Context, expression: string): Sql {
  const cells = sourceColumns({ sql: expression }).map((name) => context.cell(name));
  const call = sql`pointferry.raw_sql(${literal(parameterized(expression))}, array[${join(cells, ', ')}]::text[])`;
  return context.levels.add(at.raw, column('r', context.next(), 'sql'), call);
}

function lengthFaults({ length }: Reading, text: Sql, about: About): FaultSql[] {
  const { min, max } = length ?? {};
  const tooLong: FaultSql[] =
    max === undefined
      ? []
      : [
          {
            ...about,
            when: sql`length(${text}) > ${max}`,
            code: literal('NORMALIZE_TOO_LONG'),
            reason: `longer than ${max} characters`,
          },
        ];
  if (min === undefined) return tooLong;
  return [
    ...tooLong,
    {
      ...about,
      when: sql`length(${text}) < ${min}`,
      code: literal('NORMALIZE_TOO_SHORT'),
      reason: `shorter than ${min} characters`,
    },
  ];
}

/** `compute` and `sum`: exact arithmetic over decimal columns. Empty cells: all of them is empty, some of them a fault. */
function compileNumber(
  context: Context,
  path: string,
  mapping: Sum | Computed,
  declared: FieldDeclaration | undefined,
): Leaf {
  const columns = sourceColumns(mapping);
  const emptyIsZero = 'sum' in mapping && mapping.empty === 'zero';
  const cells = columns.map((name) => numberCell(context, path, mapping, name));
  const values = new Map(
    cells.map(({ name, text, value }) => [
      name,
      emptyIsZero ? sql`case when ${text} is null then 0 else ${value} end` : value,
    ]),
  );
  const faults = [
    ...cells.map(({ fault }) => fault),
    ...(emptyIsZero ? [] : emptyFaults(context, path, mapping, cells)),
  ];
  const numberOf = (name: string): Sql => values.get(name) ?? sql`null::numeric`;
  const formula = 'compute' in mapping ? mapping.compute : formulaOf(mapping);
  const number =
    formula === undefined ? numberOf(columns[0] ?? '') : computeSql(parseCompute(formula), numberOf);
  return {
    path,
    origin: 'sum' in mapping ? 'sum' : 'compute',
    columns,
    type: typeOf(mapping, declared?.type),
    value: context.levels.add(at.value, column('v', context.next(), path), number),
    cleared: null,
    faults,
  };
}

const formulaOf = ({ sum }: Sum): string | undefined => (typeof sum === 'string' ? undefined : sum.compute);

interface NumberCell {
  readonly name: string;
  readonly text: Sql;
  readonly value: Sql;
  readonly fault: FaultSql;
}

function numberCell(context: Context, path: string, mapping: Sum | Computed, name: string): NumberCell {
  const number = context.next();
  const form = formOf(mapping, context.pipeline.numbers, name);
  const clean = cleanText(context.cell(name), {}, context.nulls);
  const text = context.levels.add(at.text, column('t', number, name), clean);
  const plain = context.levels.add(at.plain, column('n', number, name), numberText(text, form));
  const value = context.levels.add(at.date, column('d', number, name), decimalValue(plain, form));
  const fault: FaultSql = {
    field: path,
    columns: [name],
    value: context.cell(name),
    when: sql`${text} is not null and ${value} is null`,
    code: literal('NORMALIZE_NOT_A_NUMBER'),
    reason: 'not a number in the stated form',
  };
  return { name, text, value, fault };
}

function emptyFaults(
  context: Context,
  path: string,
  mapping: Sum | Computed,
  cells: readonly NumberCell[],
): readonly FaultSql[] {
  return cells.map((cell) => {
    const others = cells.filter((other) => other !== cell).map(({ text }) => sql`${text} is not null`);
    const isOther = others.length === 0 ? sql`false` : join(others, ' or ');
    return {
      field: path,
      columns: [cell.name],
      value: context.cell(cell.name),
      when: 'sum' in mapping ? sql`${cell.text} is null` : sql`${cell.text} is null and (${isOther})`,
      code: literal('NORMALIZE_REQUIRED'),
      reason: 'an empty cell cannot be reckoned with',
    };
  });
}
