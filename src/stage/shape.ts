/** What landing a file needs, from its pipeline. */
import type { Kind } from '../destinations/kind.ts';
import { sql } from '../ground/sql-text.ts';
import { rawTable } from '../ledger/raw-table.ts';
import { amountSql } from '../mapping/amount.ts';
import { neededColumns } from '../mapping/columns.ts';
import { decimalValue, formOf, numberText } from '../mapping/number.ts';
import { boundRows } from '../mapping/query.ts';
import type { Format } from '../pipeline/format.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type Binding, bindHeader, boundOf } from './header.ts';
import type { Shape, TrailerRule } from './landing.ts';
import { delimited, fixed, type ParseFormat } from './parse/index.ts';

/** The parser's format. What the pipeline leaves out has the parser's defaults. */
export function parseFormat(format: Format = {}): ParseFormat {
  const { fixed: columns, control: _0, nulls: _n, aliases: _a, extra: _e, match: _m, ...bytes } = format;
  if (columns === undefined) return delimited(stated(bytes));
  const { delimiter: _1, quote: _2, escape: _3, header: _4, multiline: _5, ...common } = bytes;
  return fixed({ ...stated(common), columns });
}

/** Without undefined keys: they would hide a default. */
const stated = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;

export function shapeOf(pipeline: Pipeline, kind: Pick<Kind, 'nature'>): Shape {
  const format = parseFormat(pipeline.format);
  const { extra, match } = pipeline.format ?? {};
  const delimiter = format.kind === 'delimited' ? format.delimiter : undefined;
  const policy = stated({ extra, match, delimiter });
  return {
    format,
    bind: (names) => bindHeader(names, neededColumns(pipeline), policy),
    amountSums: pipeline.amount ? (table, header) => sumsSql(pipeline, table, header) : null,
    state: kind.nature === 'state',
    keyless: pipeline.identity !== undefined && 'file' in pipeline.identity,
    trailer: trailerRule(pipeline),
    atLeast: pipeline.expect?.rows ?? null,
  };
}

function trailerRule({ format, amount, numbers }: Pipeline): TrailerRule | null {
  if (!format?.trailer) return null;
  const { count = null, total = null } = format.control ?? {};
  if (total === null || amount === undefined) return { count, total: null, totalSql: null };
  const form = formOf(amount, numbers, 'from' in amount ? amount.from : '*');
  return { count, total, totalSql: decimalValue(numberText(sql`t.cell`, form), form) };
}

/** Sums over the raw table, by the same expressions that normalize reads the rows with. */
function sumsSql(pipeline: Pipeline, table: string, header: Binding): string {
  const rows = amountSql(pipeline, boundRows(rawTable(table), boundOf(header)));
  return `select currency, coalesce(sum(amount), 0)::text as sum, count(*)::int as rows,
                 count(*) filter (where unreadable)::int as unreadable from (${rows}) a group by currency`;
}
