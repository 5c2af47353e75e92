/** Which source columns a mapping reads. */
import { type FieldMapping, type Items, isScalar, type KeyColumn, type Scalar } from '../pipeline/mapping.ts';
import type { Amount } from '../pipeline/types.ts';
import { columnsOf, parseCompute } from './compute.ts';
import { columnsOfSql } from './raw.ts';

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
