/** Which source columns a mapping reads, and which ones a pipeline needs of a file. */
import { type FieldMapping, type Items, isScalar, type KeyColumn, type Scalar } from '../pipeline/mapping.ts';
import type { Amount, Pipeline } from '../pipeline/types.ts';
import { columnsOf, columnsOfSql, parseCompute } from './expressions.ts';
import { whereColumns } from './where.ts';

/** Source columns whose cells make the value. Throws CONFIG_INVALID for an expression that is not understood. */
export function sourceColumns(mapping: Scalar): readonly string[] {
  if ('from' in mapping) return [mapping.from];
  if ('firstOf' in mapping) return mapping.firstOf;
  if ('join' in mapping) return mapping.join;
  if ('compute' in mapping) return columnsOf(parseCompute(mapping.compute));
  if ('sum' in mapping) {
    return typeof mapping.sum === 'string' ? [mapping.sum] : columnsOf(parseCompute(mapping.sum.compute));
  }
  return 'sql' in mapping ? columnsOfSql(mapping.sql) : [];
}

/** All source columns, those of a phone's region and of a time's zone too. */
export function readColumns(mapping: Scalar): readonly string[] {
  const region = 'region' in mapping && typeof mapping.region === 'object' ? [mapping.region.from] : [];
  const zone = 'zone' in mapping && typeof mapping.zone === 'object' ? [mapping.zone.from] : [];
  return [...sourceColumns(mapping), ...region, ...zone];
}

/** In the order of the items' names: content must not change when a person sorts their file, or jsonb its keys. */
export const itemColumns = (items: Items): readonly string[] =>
  Object.keys(items)
    .sort()
    .flatMap((name) => {
      const mapping = items[name];
      return mapping === undefined ? [] : readColumns(mapping);
    });

export const keyColumns = (by: KeyColumn | readonly KeyColumn[]): readonly KeyColumn[] =>
  isKeyColumns(by) ? by : [by];

const isKeyColumns = (by: KeyColumn | readonly KeyColumn[]): by is readonly KeyColumn[] => Array.isArray(by);

export const keyColumnName = (column: KeyColumn): string =>
  typeof column === 'string' ? column : column.from;

/** The scalars that a field is made of. */
export function scalarsOf(mapping: FieldMapping): readonly Scalar[] {
  if (isItemsList(mapping)) return mapping.flatMap((items) => Object.values(items));
  return isScalar(mapping) ? [mapping] : Object.values(mapping);
}

const isItemsList = (mapping: FieldMapping): mapping is readonly Items[] => Array.isArray(mapping);

/** Columns whose cells make the amount, and its currency. */
export function amountColumns(amount: Amount): readonly string[] {
  const own = 'from' in amount ? [amount.from] : columnsOf(parseCompute(amount.compute));
  return typeof amount.currency === 'string' ? own : [...own, amount.currency.from];
}

export interface NeededColumn {
  readonly name: string;
  /** Without it the file is refused. */
  readonly required: boolean;
  /** Other names it may have in a header. */
  readonly aliases?: readonly string[];
}

/** Every column that the pipeline reads, once; optional only where everything that reads it is. */
export function neededColumns(pipeline: Pipeline): readonly NeededColumn[] {
  const needed = new Map<string, boolean>();
  const need = (names: readonly string[], required: boolean): void => {
    for (const name of names) needed.set(name, required || (needed.get(name) ?? false));
  };
  need(columnsOfKeys(pipeline), true);
  if (pipeline.amount) need(amountColumns(pipeline.amount), true);
  if (pipeline.where) need(whereColumns(pipeline.where), true);
  if (pipeline.version) need(readColumns(pipeline.version), true);
  for (const mapping of Object.values(pipeline.columns)) {
    for (const scalar of scalarsOf(mapping)) {
      need(readColumns(scalar), !('optional' in scalar && scalar.optional === true));
    }
  }
  return [...needed].map(([name, required]) => {
    const aliases = pipeline.format?.aliases?.[name];
    return aliases === undefined ? { name, required } : { name, required, aliases };
  });
}

/** Identity, group and business date. */
function columnsOfKeys({ identity, group, businessDate }: Pipeline): readonly string[] {
  return [
    ...(identity && 'columns' in identity ? identity.columns.map(keyColumnName) : []),
    ...(group ? [...keyColumns(group.by).map(keyColumnName), ...(group.fill ?? [])] : []),
    ...(businessDate && 'column' in businessDate ? [businessDate.column] : []),
  ];
}
