/** One field of the kind, read from one column: the mapping, and what a person should know about it. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import type { KeyColumn } from '../pipeline/mapping.ts';
import { type Draft, type Facts, of, todo } from './facts.ts';
import type { Column } from './profile.ts';

type Mapping = Record<string, unknown>;

/** May the column hold what the field wants? */
export function suits(column: Column, declared: FieldDeclaration): boolean {
  switch (declared.type) {
    case 'decimal':
      return column.number !== null && column.type !== 'id';
    case 'integer':
      return column.type === 'integer';
    case 'date':
    case 'instant':
      return column.time !== null;
    case 'phone':
      return ['phone', 'integer', 'id', 'text'].includes(column.type);
    case 'email':
      return column.type === 'email';
    case 'boolean':
      return column.type === 'boolean';
    case 'enum':
      return ['enum', 'text', 'boolean', 'integer'].includes(column.type) && column.distinct <= 24;
    case 'text':
      return column.type !== 'empty' && !(column.time !== null || column.type === 'decimal');
    default:
      return false;
  }
}

/** The mapping of a field; notes go to the draft under its path. */
export function mappingOf(
  draft: Draft,
  facts: Facts,
  path: string,
  column: Column,
  declared: FieldDeclaration,
): Mapping {
  const notes: string[] = [];
  const mapping: Mapping = { from: column.name, ...textOf(facts, column, declared) };
  if (column.misfits > 0)
    notes.push(`${of(column.misfits, column.distinct)} different cells of "${column.name}" do not fit this`);
  if (column.time !== null && (declared.type === 'date' || declared.type === 'instant'))
    Object.assign(mapping, timeOf(column, declared.type, notes));
  if (declared.type === 'phone' && declared.phone?.form === 'e164' && !column.international)
    mapping.region = todo('the region of numbers without a country code, such as US');
  if (declared.type === 'enum') mapping.map = valuesOf(column, declared.values ?? [], notes);
  if (column.maybeNulls.length > 0)
    notes.push(
      `"${column.name}" has ${column.maybeNulls.map((word) => `'${word}'`).join(', ')}: empty, or a value? Read as a value`,
    );
  if (notes.length > 0) draft.notes.set(path, notes.join('. '));
  return mapping;
}

/** Words for empty that the format does not state, words that are values here, and cleaning. */
export function textOf(facts: Facts, column: Column, declared?: FieldDeclaration): Mapping {
  const shared = facts.format.nulls ?? [];
  const own = column.nulls.filter((word) => !shared.includes(word));
  const clash = column.maybeNulls.some((word) => shared.includes(word));
  const nulls = clash ? ['', ...own] : own.length > 0 ? [...shared, ...own] : undefined;
  const isNumeric = declared?.type === 'decimal' || declared?.type === 'integer';
  const clean = column.clean.filter((rule) => !(declared?.type === 'decimal' && rule === 'trailing .0'));
  return {
    ...(nulls === undefined ? {} : { nulls }),
    ...(clean.length === 0 || (isNumeric && clean.length === 0)
      ? {}
      : { clean: clean.length === 1 ? clean[0] : clean }),
  };
}

/** A column as a key: its name, or its name with its cleaning. */
export function keyOf(facts: Facts, column: Column): KeyColumn {
  const rules = textOf(facts, column);
  return Object.keys(rules).length === 0 ? column.name : { from: column.name, ...rules };
}

/** Format, zone and pivot. */
export function timeOf(column: Column, type: 'date' | 'instant', notes: string[]): Mapping {
  const { time } = column;
  if (time === null) return {};
  const formats = time.formats.map((format) =>
    type === 'instant' && format === 'iso' && time.as === 'date' ? 'yyyy-MM-dd' : format,
  );
  if (time.ambiguous)
    notes.push(
      'day and month cannot be told apart in any cell looked at: keep the right format, delete the other',
    );
  const stated = formats.length > 1 || formats[0] !== 'iso';
  return {
    ...(stated ? { format: formats.length === 1 ? formats[0] : formats } : {}),
    ...(time.twoDigits ? { pivot: pivotOf(column, notes) } : {}),
    ...(type === 'instant' && !time.offset
      ? { zone: todo(`the zone of the clock that wrote "${column.name}", such as America/Chicago`) }
      : {}),
  };
}

function pivotOf({ name }: Column, notes: string[]): number {
  notes.push('two-digit years: the pivot says from which one on they are of the last century');
  return /birth|born|dob/i.test(name) ? (new Date().getUTCFullYear() + 1) % 100 : 70;
}

/** The column's values, each with the platform's value that looks like it. */
function valuesOf(column: Column, wanted: readonly string[], notes: string[]): Record<string, string> {
  const map = Object.fromEntries(
    column.values.map((value) => [value, alike(value, wanted) ?? todo(`one of ${wanted.join(', ')}`)]),
  );
  if (column.values.length > 0) notes.push('proposed by likeness; a value that is not listed is rejected');
  return map;
}

function alike(value: string, wanted: readonly string[]): string | undefined {
  const folded = value.toLowerCase().replace(/\.$/, '');
  const same = wanted.filter((one) => one.toLowerCase() === folded);
  const begins = wanted.filter((one) => folded !== '' && one.toLowerCase().startsWith(folded));
  return same[0] ?? (begins.length === 1 ? begins[0] : undefined);
}
