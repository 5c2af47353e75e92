/** The fields of an operation, sorted by how their mapping is built, and what their scalars become in the row query. */
import type { FieldDeclaration, Kind } from '../destinations/kind.ts';
import type { Sql } from '../ground/sql-text.ts';
import { type FieldMapping, type Items, isScalar, type Origin, type Scalar } from '../pipeline/mapping.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { FaultSql } from './query.ts';
import type { ColumnType } from './types/column-type.ts';

/** One value of an operation, and where it goes. */
export interface ScalarField {
  readonly shape: 'scalar';
  readonly name: string;
  readonly mapping: Scalar;
  readonly declared: FieldDeclaration;
}
/** A list with one item per row of the group. */
export interface RowItems {
  readonly shape: 'rows';
  readonly name: string;
  readonly items: Items;
  readonly declared: FieldDeclaration;
}
/** A list with one item per set of repeated columns. */
export interface ColumnItems {
  readonly shape: 'columns';
  readonly name: string;
  readonly items: readonly Items[];
  readonly declared: FieldDeclaration;
}
/** A dictionary with a mapping per name. */
export interface Dictionary {
  readonly shape: 'dictionary';
  readonly name: string;
  readonly items: Items;
  readonly declared: FieldDeclaration;
}
export type Field = ScalarField | RowItems | ColumnItems | Dictionary;

/** Fields in the order of their names: an order that does not move when a person sorts their file anew. */
export function fieldsOf(pipeline: Pipeline, kind: Kind): readonly Field[] {
  return Object.keys(pipeline.columns)
    .sort()
    .flatMap((name) => {
      const mapping = pipeline.columns[name];
      const declared = kind.fields[name];
      return mapping === undefined || declared === undefined ? [] : [fieldOf(name, mapping, declared)];
    });
}

function fieldOf(name: string, mapping: FieldMapping, declared: FieldDeclaration): Field {
  if (isItemsList(mapping)) return { shape: 'columns', name, items: mapping, declared };
  if (isScalar(mapping)) return { shape: 'scalar', name, mapping, declared };
  return { shape: declared.type === 'dictionary' ? 'dictionary' : 'rows', name, items: mapping, declared };
}

const isItemsList = (mapping: FieldMapping): mapping is readonly Items[] => Array.isArray(mapping);

/** What an item of a list declares for one of its fields; dictionaries take any name, as text. */
export const itemDeclaration = (field: Exclude<Field, ScalarField>, item: string): FieldDeclaration =>
  field.declared.item?.[item] ?? { type: 'text', source: field.declared.source };

/** The field that names the subject. */
export function subjectField(pipeline: Pipeline, kind: Kind): ScalarField | undefined {
  return fieldsOf(pipeline, kind).find(
    (field): field is ScalarField => field.shape === 'scalar' && field.name === kind.subjectField,
  );
}

/** How the subject's key is looked up: the type of key in the crosswalk, or null where the file has the platform's id. */
export function crosswalkType(field: ScalarField | undefined): string | null {
  const via = field !== undefined && 'via' in field.mapping ? field.mapping.via : undefined;
  if (via === undefined) return null;
  return typeof via === 'string' ? 'id' : via.crosswalk;
}

/** What a scalar mapping becomes in the row query. */
export interface Leaf {
  /** `value`, `line_items.item_id`, `family[2].birthday`. */
  readonly path: string;
  readonly origin: Origin;
  /** Source columns it is made of; none for a constant. */
  readonly columns: readonly string[];
  readonly type: ColumnType;
  /** Column of the typed value; null where it is empty, cleared or at fault. */
  readonly value: Sql;
  /** Column that is true where the cell is a clear token, or null. */
  readonly cleared: Sql | null;
  readonly faults: readonly FaultSql[];
}

/** The scalars of a dictionary, found again among the columns of the rows. */
export function dictionaryLeaves(field: Dictionary, rows: Rows): readonly ItemLeaf[] {
  return leavesOf(Object.keys(field.items), `${field.name}.`, field, rows);
}

/** The same of a list of repeated columns, by item. */
export function itemsOf(field: ColumnItems, rows: Rows): readonly (readonly ItemLeaf[])[] {
  return field.items.map((items, index) =>
    leavesOf(Object.keys(items), `${field.name}[${index}].`, field, rows),
  );
}

function leavesOf(
  names: readonly string[],
  prefix: string,
  field: Exclude<Field, { readonly shape: 'scalar' }>,
  rows: Rows,
): readonly ItemLeaf[] {
  return [...names].sort().flatMap((name) => {
    const leaf = rows.leaves.get(`${prefix}${name}`);
    return leaf === undefined ? [] : [{ name, leaf, declared: itemDeclaration(field, name) }];
  });
}

/** The compiled rows of a file. */
export interface Rows {
  /** The SELECT. Columns: file, place, record, line, filtered, gkey, slot, identity, amount, currency, unreadable, content, faults, then `values`. */
  readonly sql: Sql;
  /** Scalars by path, with the columns that hold them. */
  readonly leaves: ReadonlyMap<string, Leaf>;
  /** Columns with the item of a row-wise list, by field. */
  readonly items: ReadonlyMap<string, Sql>;
  readonly version: Leaf | undefined;
  /** SELECTs of (value, region) of the phone numbers that must stand in the table of phones beforehand. */
  readonly phones: readonly Sql[];
}

export interface ItemLeaf {
  readonly name: string;
  readonly leaf: Leaf;
  readonly declared: FieldDeclaration;
}

/** The column with the item of a row-wise list. */
export function itemColumn(field: string, rows: Rows): Sql {
  const column = rows.items.get(field);
  if (column === undefined) throw new TypeError(`${field} has no items`);
  return column;
}
