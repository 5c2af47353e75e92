/** The query of one file's rows while it is compiled: its levels, the cells of its raw table, and the faults of a row. */
import type { Pipeline } from '../pipeline/types.ts';
import { column, indent, literal, name } from './sql.ts';

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

/**
 * A query in levels: each level sees the columns of the one below and adds its own. PostgreSQL would flatten such
 * subqueries and compute an expression wherever it is used; `offset 0` keeps each computed once, which also lets it
 * inline our functions (it inlines only over plain columns).
 */
export class Levels {
  readonly #from: string;
  /** Per level: expression -> column. */
  readonly #levels: Map<string, string>[] = [];

  /** `from`: the FROM clause of level 0, whose columns are named in `add(0, …)`. */
  constructor(from: string) {
    this.#from = from;
  }

  /**
   * Gives the column of a level that holds `expression`, adding it under `name` if there is none yet: what is wanted
   * twice is computed once. `expression` may use columns of lower levels.
   */
  add(level: number, name: string, expression: string): string {
    while (this.#levels.length <= level) this.#levels.push(new Map());
    const columns = this.#levels[level];
    const known = columns?.get(expression);
    if (known !== undefined) return known;
    columns?.set(expression, name);
    return name;
  }

  /** The innermost level as it stands, then one subquery per level; `q` is the name of each. `upTo`: not beyond this level. */
  text(upTo = this.#levels.length): string {
    const [first = new Map<string, string>(), ...rest] = this.#levels.slice(0, upTo + 1);
    let sql = `select ${list(first)}\nfrom ${this.#from}`;
    for (const level of rest) {
      if (level.size === 0) continue;
      sql = `select q.*, ${list(level)}\nfrom (\n${indent(sql)}\n  offset 0\n) q`;
    }
    return sql;
  }
}

function list(columns: ReadonlyMap<string, string>): string {
  return [...columns].map(([expression, name]) => `${expression} as ${name}`).join(',\n       ');
}

/** Where a pipeline's column stands in a raw table: its column there, or its place in `_cells` from 1. */
export type Place = string | number;

/** `table` is SQL; `bound` as stage stored it with the file: the pipeline's name -> place. */
export function boundRows(table: string, bound: Readonly<Record<string, Place>>): RowSource {
  const places = new Map(Object.entries(bound));
  return {
    from: `${table} r`,
    record: 'r._record',
    line: 'r._line',
    cell: (column) => {
      const place = places.get(column);
      if (place === undefined) return null;
      return typeof place === 'number' ? `r._cells[${place}]` : `r.${name(place)}`;
    },
  };
}

/** The cells a scalar is made of, as one text: shown with faults. */
export function cellsSql(context: Context, columns: readonly string[]): string {
  if (columns.length === 0) return 'null::text';
  const cells = columns.map((name) => context.cell(name));
  return cells.length === 1 ? `${cells[0]}` : `concat_ws(' | ', ${cells.join(', ')})`;
}
