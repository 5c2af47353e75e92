/** The fields of an operation, sorted by how their mapping is built: the shape that all compilers below walk over. */
import type { FieldDeclaration, Kind } from '../destinations/kind.ts';
import { type FieldMapping, type Items, isScalar, type Scalar } from '../pipeline/mapping.ts';
import type { Pipeline } from '../pipeline/types.ts';

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
