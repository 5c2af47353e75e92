/** The column types by name. */
import type { FieldType } from '../../destinations/kind.ts';
import { type As, columnTypes, type Scalar } from '../../pipeline/mapping.ts';
import { boolean } from './boolean.ts';
import type { ColumnType } from './column-type.ts';
import { date } from './date.ts';
import { decimal } from './decimal.ts';
import { email } from './email.ts';
import { integer } from './integer.ts';
import { json } from './json.ts';
import { phone } from './phone.ts';
import { text } from './text.ts';
import { timestamp } from './timestamp.ts';

export const types: Readonly<Record<As, ColumnType>> = {
  text,
  integer,
  decimal,
  boolean,
  date,
  timestamp,
  phone,
  email,
  json,
};

/** The type that a mapping is read as: stated, or the one that the kind's field has. */
export function typeNameOf(mapping: Scalar, declared: FieldType | undefined): As {
  if (mapping.as !== undefined) return mapping.as;
  if ('sum' in mapping || 'compute' in mapping) return declared === 'integer' ? 'integer' : 'decimal';
  return columnTypes.find((name) => declared !== undefined && types[name].own.includes(declared)) ?? 'text';
}

export const typeOf = (mapping: Scalar, declared: FieldType | undefined): ColumnType =>
  types[typeNameOf(mapping, declared)];

/** The types that a field can be read as, its own first. */
export function typesFor(field: FieldType): readonly As[] {
  const own = columnTypes.filter((name) => types[name].own.includes(field));
  const isText = own.includes('text');
  const others = columnTypes.filter((name) => isText || types[name].fits?.includes(field));
  return [...new Set([...own, ...others])];
}
