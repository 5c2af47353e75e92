/** One scalar mapping -> columns of the row query: cleaned text, typed value, and the faults it may have. */
import type { FieldType } from '../../destinations/kind.ts';
import { type As, originOf, type Reading, type Scalar, type Sum } from '../mapping.ts';
import { sourceColumns } from './columns.ts';
import { computeSql, parseCompute } from './compute.ts';
import { at, type Context, type FaultSql } from './context.ts';
import { timeValue } from './moment.ts';
import { decimalValue, formOf, numberText } from './number.ts';
import { column, literal } from './quote.ts';
import { parameterized } from './raw.ts';
import { cleanText, clearTest, mapped } from './text.ts';

export interface Leaf {
  /** `value`, `line_items.item_id`, `family[2].birthday`. */
  readonly path: string;
  readonly origin: NonNullable<ReturnType<typeof originOf>>;
  /** Source columns it is made of; none for a constant. */
  readonly columns: readonly string[];
  readonly as: As;
  /** Column of the typed value; null where it is empty, cleared or at fault. */
  readonly value: string;
  /** Column that is true where the cell is a clear token, or null. */
  readonly cleared: string | null;
  readonly faults: readonly FaultSql[];
}

/** The type a mapping is read as: stated, or the one that the kind's field has. */
export function asOf(mapping: Scalar, declared: FieldType | undefined): As {
  if (mapping.as !== undefined) return mapping.as;
  if ('sum' in mapping || 'compute' in mapping) return declared === 'integer' ? 'integer' : 'decimal';
  switch (declared) {
    case 'instant':
      return 'timestamp';
    case 'list':
    case 'dictionary':
      return 'json';
    case 'enum':
    case undefined:
      return 'text';
    default:
      return declared;
  }
}

/** The cells a scalar is made of, as one text: shown with faults. */
export function cellsSql(context: Context, columns: readonly string[]): string {
  if (columns.length === 0) return 'null::text';
  const cells = columns.map((name) => context.cell(name));
  return cells.length === 1 ? `${cells[0]}` : `concat_ws(' | ', ${cells.join(', ')})`;
}

/** Adds the columns of a scalar to the query. */
export function compileScalar(
  context: Context,
  path: string,
  mapping: Scalar,
  declared?: FieldType,
  region?: string,
): Leaf {
  const origin = originOf(mapping) ?? 'from';
  if ('sum' in mapping || 'compute' in mapping) return compileNumber(context, path, mapping, declared);
  const number = context.next();
  const columns = sourceColumns(mapping);
  const reading: Reading = mapping;
  const as = asOf(mapping, declared);
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
  const typed = typedValue(context, number, path, as, given, reading, region, columns[0] ?? '');
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

const yesWords = ['true', 't', 'yes', 'y', '1'];
const noWords = ['false', 'f', 'no', 'n', '0'];
const lower = (words: readonly string[]): string =>
  `array[${words.map((word) => literal(word.toLowerCase())).join(', ')}]`;

interface Typed {
  readonly value: string;
  /** SQL. */
  readonly code: string;
  readonly reason: string;
}

function typedValue(
  context: Context,
  number: number,
  path: string,
  as: As,
  text: string,
  reading: Reading,
  region: string | undefined,
  source: string,
): Typed {
  const put = (sql: string): string => context.levels.add(at.value, column('v', number, path), sql);
  const of = (sql: string, code: string, reason: string): Typed => ({
    value: put(sql),
    code: literal(code),
    reason,
  });
  switch (as) {
    case 'text':
      return { value: put(text), code: literal('NORMALIZE_RULE'), reason: 'never' };
    case 'integer':
    case 'decimal': {
      const form = formOf(reading, context.pipeline.numbers, source);
      const plain = context.levels.add(at.plain, column('n', number, path), numberText(text, form));
      const sql = as === 'decimal' ? decimalValue(plain, form) : `pointferry.integer_of(${plain})`;
      return of(
        sql,
        'NORMALIZE_NOT_A_NUMBER',
        as === 'decimal' ? 'not a number in the stated form' : 'not a whole number',
      );
    }
    case 'boolean': {
      const sql = `pointferry.boolean_of(${text}, ${lower(reading.yes ?? yesWords)}, ${lower(reading.no ?? noWords)})`;
      return of(sql, 'NORMALIZE_NOT_A_BOOLEAN', 'not one of the yes and no words');
    }
    case 'email':
      return of(`pointferry.email_of(${text})`, 'NORMALIZE_NOT_AN_EMAIL', 'not an e-mail address');
    case 'json':
      return of(`pointferry.json_of(${text})`, 'NORMALIZE_NOT_JSON', 'not JSON');
    case 'phone':
      return of(
        phoneSql(context, text, reading, region),
        'NORMALIZE_NOT_A_PHONE',
        'not a possible phone number',
      );
    case 'date':
    case 'timestamp':
      return timeValue(context, number, path, as, text, reading);
  }
}

/** SQL of the region of a phone number: stated, from a column, or the kind's. */
export function regionSql(context: Context, reading: Reading, region: string | undefined): string {
  if (typeof reading.region === 'object')
    return `coalesce(upper(btrim(${context.cell(reading.region.from)})), '')`;
  return literal(reading.region ?? region ?? '');
}

/** E.164 by the table that normalize fills beforehand (phones.ts); `digits` form needs no table. */
function phoneSql(context: Context, text: string, reading: Reading, region: string | undefined): string {
  if (region === 'digits') return `pointferry.phone_digits_of(${text})`;
  const given = regionSql(context, reading, region);
  context.phones.push({ value: text, region: given });
  return `(select p.e164 from ${context.tables.phones} p where p.value = ${text} and p.region = ${given})`;
}

/** `compute` and `sum`: exact arithmetic over decimal columns. Empty cells: all of them is empty, some of them a fault. */
function compileNumber(
  context: Context,
  path: string,
  mapping: Extract<Scalar, Sum | { readonly compute: string }>,
  declared: FieldType | undefined,
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
    as: asOf(mapping, declared),
    value,
    cleared: null,
    faults,
  };
}
