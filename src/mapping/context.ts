/** What the compiler of one file's rows carries around: the levels of its query and the cells of its raw table. */
import type { Pipeline } from '../pipeline/types.ts';
import { Levels } from './levels.ts';
import { column, literal } from './quote.ts';

/** Levels of the row query, in the order in which a value comes to be. */
export const at = {
  cell: 0,
  keyText: 1,
  key: 2,
  filled: 3,
  raw: 4,
  text: 5,
  mapped: 6,
  plain: 7,
  date: 8,
  local: 9,
  value: 10,
} as const;

/** Where the rows of a file come from: a raw table, as it is or with a person's edits over it. */
export interface RowSource {
  /** FROM clause; `record`, `line` and `cell` are SQL over it. */
  readonly from: string;
  readonly record: string;
  readonly line: string;
  /** SQL of the text of a cell; null where the file has no such column. */
  readonly cell: (column: string) => string | null;
}

/** Names of the tables that a run normalizes in; see normalize/tables.ts. */
export interface Tables {
  readonly phones: string;
}

export interface Context {
  readonly pipeline: Pipeline;
  readonly source: RowSource;
  readonly tables: Tables;
  readonly levels: Levels;
  readonly nulls: readonly string[];
  /** Column of level `filled` with the cell's text. */
  cell(name: string): string;
  /** Phone numbers that are looked up in the table of phones: columns of level `mapped`. */
  readonly phones: { readonly value: string; readonly region: string }[];
  /** A number that is new in this query. */
  next(): number;
}

/** A cell as it stands in the file, at the innermost level; a column that the file does not have is empty. */
export function rawCell(context: Context, name: string): string {
  return context.levels.add(
    at.cell,
    column('c', context.next(), name),
    context.source.cell(name) ?? 'null::text',
  );
}

/** A context whose cells are those of the file; `fill` is a hook that puts another column in a cell's place. */
export function newContext(
  pipeline: Pipeline,
  source: RowSource,
  tables: Tables,
  fill: (context: Context, name: string) => string = rawCell,
): Context {
  let numbers = 0;
  const levels = new Levels(source.from);
  levels.add(at.cell, 'record', source.record);
  levels.add(at.cell, 'line', source.line);
  const context: Context = {
    pipeline,
    source,
    tables,
    levels,
    nulls: pipeline.format?.nulls ?? [],
    phones: [],
    cell: (name) => fill(context, name),
    next: () => ++numbers,
  };
  return context;
}

/** One fault that a row may have: SQL over the columns of the query. */
export interface FaultSql {
  readonly when: string;
  /** SQL of the code. */
  readonly code: string;
  /** The kind's field, or '' for a fault of a key. */
  readonly field: string;
  /** Source columns. */
  readonly columns: readonly string[];
  /** SQL of the value shown. */
  readonly value: string;
  readonly reason: string;
}

/** SQL of the faults of a row or operation as jsonb[], null where there is none: the array is only built when one holds. */
export function faultsSql(faults: readonly FaultSql[]): string {
  if (faults.length === 0) return 'null::jsonb[]';
  // null counts as false in a case
  const any = faults.map((fault) => `(${fault.when})`).join('\n      or ');
  const each = faults.map(
    (fault) =>
      `case when ${fault.when} then pointferry.fault(${fault.code}, ${literal(fault.field)}, ${literal(
        fault.columns.join('+'),
      )}, ${fault.value}, ${literal(fault.reason)}) end`,
  );
  return `case when ${any}\n    then array_remove(array[${each.join(',\n      ')}]::jsonb[], null) end`;
}
