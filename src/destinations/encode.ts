/** Field values into what a JSON request holds. Pure; a value that normalize would have rejected is a TypeError. */
import { type ExactNumber, exactNumber, isExactNumber } from './json.ts';
import type { FieldDeclaration, FieldValue } from './kind.ts';

type Encoded =
  | string
  | boolean
  | number
  | null
  | ExactNumber
  | readonly Encoded[]
  | { readonly [name: string]: Encoded };

/** How one type of field is written, where a kind departs from the common way. */
export type Encoders = Partial<Record<FieldDeclaration['type'], (text: string) => Encoded>>;

/** The common way: decimals and integers are JSON numbers with their digits; what is not here is written as its text. */
const common: Encoders = {
  decimal: exactNumber,
  integer: exactNumber,
  instant: (text) => instantOf(text).toISOString(),
  boolean: (text) => text === 'true',
};

/** The present fields of `declared`, in its order. A null is sent where the field is clearable, and a mistake elsewhere. */
export function encodeFields(
  fields: Readonly<Record<string, FieldValue>>,
  declared: Readonly<Record<string, FieldDeclaration>>,
  encoders: Encoders = {},
): Readonly<Record<string, Encoded>> {
  const present = Object.entries(declared).filter(([name]) => Object.hasOwn(fields, name));
  return Object.fromEntries(
    present.map(([name, field]) => [name, encodeField(fields[name] ?? null, field, encoders)]),
  );
}

function encodeField(value: FieldValue, field: FieldDeclaration, encoders: Encoders): Encoded {
  if (value === null) {
    if (field.clearable !== true) throw new TypeError('a clear of a field that cannot be cleared');
    return null;
  }
  if (field.type === 'list') return encodeItems(value, field, encoders);
  if (field.type === 'dictionary') return value as Encoded;
  if (typeof value === 'boolean') return value;
  const text = isExactNumber(value) ? value.rawJSON : value;
  if (typeof text !== 'string') throw new TypeError('a list where one value is declared');
  const encoder = encoders[field.type] ?? common[field.type];
  return encoder === undefined ? text : encoder(text);
}

/** In an item of a list a null is an empty cell: absent. */
function encodeItems(value: FieldValue, field: FieldDeclaration, encoders: Encoders): Encoded {
  if (!Array.isArray(value)) throw new TypeError('one value where a list is declared');
  return value.map((item: Readonly<Record<string, FieldValue>>) => {
    const filled = Object.fromEntries(Object.entries(item).filter(([, part]) => part !== null));
    return encodeFields(filled, field.item ?? {}, encoders);
  });
}

const instantShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** An ISO 8601 instant in UTC with Z, any number of fraction digits. */
export function instantOf(text: string): Date {
  const at = new Date(instantShape.test(text) ? text : Number.NaN);
  if (Number.isNaN(at.getTime())) throw new TypeError('not an instant in UTC');
  return at;
}

/** `base` without final slashes, and the path after it. */
export function urlOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}${path}`;
}

/** An id as one segment of a path. `.` and `..` would change the path, and cannot be escaped. */
export function segment(id: string): string {
  if (id === '' || id === '.' || id === '..') throw new TypeError('not an id that can stand in a path');
  return encodeURIComponent(id);
}

/** Shape that ids in paths must have, for `FieldDeclaration.pattern`: anything but `.` and `..`. */
export const segmentPattern = '^(?!\\.{1,2}$)';
