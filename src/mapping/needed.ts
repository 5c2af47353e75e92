/** The columns that a pipeline needs of a file: what stage binds the header to. */

import type { Pipeline } from '../pipeline/types.ts';
import { amountColumns, keyColumnName, keyColumns, readColumns, scalarsOf } from './columns.ts';
import { whereColumns } from './where.ts';

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
