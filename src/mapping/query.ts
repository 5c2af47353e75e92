/** The query of one file's rows while it is compiled: its levels, the cells of its raw table, and the faults of a row. */

import { column, indent, join, literal, name, type Sql, sql, table } from '../ground/sql-text.ts';
import type { Pipeline } from '../pipeline/types.ts';

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
  readonly from: Sql;
  readonly record: Sql;
  readonly line: Sql;
  /** SQL of the text of a cell; null where the file has no such column. */
  readonly cell: (column: string) => Sql | null;
}

/** Names of the tables that a run normalizes in; see normalize/tables.ts. */
export interface Tables {
  readonly phones: string;
}

export interface Context {
  readonly pipeline: Pipeline;
  readonly source: RowSource;
  /** The table of phones. */
  readonly phoneTable: Sql;
  readonly levels: Levels;
  readonly nulls: readonly string[];
  /** Column of level `filled` with the cell's text. */
  cell(name: string): Sql;
  /** Phone numbers that are looked up in the table of phones: columns of level `mapped`. */
  readonly phones: { readonly value: Sql; readonly region: Sql }[];
  /** A number that is new in this query. */
  next(): number;
}

/** A cell as it stands in the file, at the innermost level; a column that the file does not have is empty. */
export function rawCell(context: Context, name: string): Sql {
  return context.levels.add(
    at.cell,
    column('c', context.next(), name),
    context.source.cell(name) ?? sql`null::text`,
  );
}

/** A context whose cells are those of the file; `fill` is a hook that puts another column in a cell's place. */
export function newContext(
  pipeline: Pipeline,
  source: RowSource,
  tables: Tables,
  fill: (context: Context, name: string) => Sql = rawCell,
): Context {
  let numbers = 0;
  const levels = new Levels(source.from);
  levels.add(at.cell, sql`record`, source.record);
  levels.add(at.cell, sql`line`, source.line);
  const context: Context = {
    pipeline,
    source,
    phoneTable: table(tables.phones),
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
  readonly when: Sql;
  /** SQL of the code. */
  readonly code: Sql;
  /** The kind's field, or '' for a fault of a key. */
  readonly field: string;
  /** Source columns. */
  readonly columns: readonly string[];
  /** SQL of the value shown. */
  readonly value: Sql;
  readonly reason: string;
}

/** SQL of the faults of a row or operation as jsonb[], null where there is none: the array is only built when one holds. */
export function faultsSql(faults: readonly FaultSql[]): Sql {
  if (faults.length === 0) return sql`null::jsonb[]`;
  // null counts as false in a case
  const any = join(
    faults.map((fault) => sql`(${fault.when})`),
    '\n      or ',
  );
  const each = faults.map(
    (fault) =>
      sql`case when ${fault.when} then pointferry.fault(${fault.code}, ${literal(fault.field)}, ${literal(
        fault.columns.join('+'),
      )}, ${fault.value}, ${literal(fault.reason)}) end`,
  );
  return sql`case when ${any}\n    then array_remove(array[${join(each, ',\n      ')}]::jsonb[], null) end`;
}

/**
 * A query in levels: each level sees the columns of the one below and adds its own. PostgreSQL would flatten such
 * subqueries and compute an expression wherever it is used; `offset 0` keeps each computed once, which also lets it
 * inline our functions (it inlines only over plain columns).
 */
export class Levels {
  readonly #from: Sql;
  /** Per level: expression -> column. */
  readonly #levels: Map<Sql, Sql>[] = [];

  /** `from`: the FROM clause of level 0, whose columns are named in `add(0, …)`. */
  constructor(from: Sql) {
    this.#from = from;
  }

  /**
   * Gives the column of a level that holds `expression`, adding it under `name` if there is none yet: what is wanted
   * twice is computed once. `expression` may use columns of lower levels.
   */
  add(level: number, name: Sql, expression: Sql): Sql {
    while (this.#levels.length <= level) this.#levels.push(new Map());
    const columns = this.#levels[level];
    const known = columns?.get(expression);
    if (known !== undefined) return known;
    columns?.set(expression, name);
    return name;
  }

  /** The innermost level as it stands, then one subquery per level; `q` is the name of each. `upTo`: not beyond this level. */
  text(upTo = this.#levels.length): Sql {
    const [first = new Map<Sql, Sql>(), ...rest] = this.#levels.slice(0, upTo + 1);
    let query = sql`select ${list(first)}\nfrom ${this.#from}`;
    for (const level of rest) {
      if (level.size === 0) continue;
      query = sql`select q.*, ${list(level)}\nfrom (\n${indent(query)}\n  offset 0\n) q`;
    }
    return query;
  }
}

function list(columns: ReadonlyMap<Sql, Sql>): Sql {
  return join(
    [...columns].map(([expression, name]) => sql`${expression} as ${name}`),
    ',\n       ',
  );
}

/** Where a pipeline's column stands in a raw table: its column there, or its place in `_cells` from 1. */
export type Place = string | number;

/** `raw` is the table; `bound` as stage stored it with the file: the pipeline's name -> place. */
export function boundRows(raw: Sql, bound: Readonly<Record<string, Place>>): RowSource {
  const places = new Map(Object.entries(bound));
  return {
    from: sql`${raw} r`,
    record: sql`r._record`,
    line: sql`r._line`,
    cell: (column) => {
      const place = places.get(column);
      if (place === undefined) return null;
      return typeof place === 'number' ? sql`r._cells[${place}]` : sql`r.${name(place)}`;
    },
  };
}

/** The cells a scalar is made of, as one text: shown with faults. */
export function cellsSql(context: Context, columns: readonly string[]): Sql {
  if (columns.length === 0) return sql`null::text`;
  const cells = columns.map((name) => context.cell(name));
  return cells.length === 1 ? join(cells, '') : sql`concat_ws(' | ', ${join(cells, ', ')})`;
}
