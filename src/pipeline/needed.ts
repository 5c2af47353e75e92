/** The columns that a pipeline needs of a file: what stage binds the header to. */
import { type FieldMapping, originOf, type Scalar } from './mapping.ts';
import { amountColumns } from './sql/amount.ts';
import { keyColumnName, readColumns } from './sql/columns.ts';
import { whereColumns } from './sql/where.ts';
import type { Pipeline } from './types.ts';

export interface NeededColumn {
  readonly name: string;
  /** Without it the file is refused. */
  readonly required: boolean;
}

/** Every column that the pipeline reads, once; optional only where everything that reads it is. */
export function neededColumns(pipeline: Pipeline): readonly NeededColumn[] {
  const needed = new Map<string, boolean>();
  const need = (names: readonly string[], required: boolean): void => {
    for (const name of names) needed.set(name, required || (needed.get(name) ?? false));
  };
  need(keyColumns(pipeline), true);
  if (pipeline.amount) need(amountColumns(pipeline.amount), true);
  if (pipeline.where) need(whereColumns(pipeline.where), true);
  for (const mapping of Object.values(pipeline.columns)) {
    for (const scalar of scalarsOf(mapping))
      need(readColumns(scalar), !('optional' in scalar && scalar.optional === true));
  }
  return [...needed].map(([name, required]) => ({ name, required }));
}

/** Identity, group, version and business date. */
function keyColumns({ identity, group, version, businessDate }: Pipeline): readonly string[] {
  return [
    ...(identity && 'columns' in identity ? identity.columns.map(keyColumnName) : []),
    ...(group ? [group.by].flat().map(keyColumnName) : []),
    ...(version ? [version.from] : []),
    ...(businessDate && 'column' in businessDate ? [businessDate.column] : []),
  ];
}

/** The scalars of a field, whatever its shape. */
function scalarsOf(mapping: FieldMapping): readonly Scalar[] {
  if (Array.isArray(mapping)) return mapping.flatMap((items: object) => Object.values(items) as Scalar[]);
  if (originOf(mapping) !== undefined) return [mapping as Scalar];
  return Object.values(mapping) as Scalar[];
}
