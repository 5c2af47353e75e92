/** A pipeline and a file -> the SQL that normalizes it. */
import type { Kind } from '../destinations/kind.ts';
import { type Sql, sql } from '../ground/sql-text.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Rows } from './fields.ts';
import { compileOperations, type OperationFacts } from './operations.ts';
import { boundRows, type RowSource, type Tables } from './query.ts';
import { compileRows, type FileFacts } from './rows.ts';

export interface Compiled {
  readonly rows: Rows;
  /** SELECT of the operations, over the table of rows. */
  operations(facts: OperationFacts): Sql;
}

/** Throws CONFIG_INVALID for what `check` would have refused. */
export function compile(
  pipeline: Pipeline,
  kind: Kind,
  source: RowSource,
  tables: Tables,
  file: FileFacts,
): Compiled {
  const rows = compileRows(pipeline, kind, source, tables, file);
  return { rows, operations: (facts) => compileOperations(pipeline, kind, rows, facts) };
}

/** Which rows share an operation: none, those of a file, or those of the run. */
export function groupingOf(pipeline: Pipeline): 'row' | 'file' | 'run' {
  if (pipeline.group === undefined) return 'row';
  return pipeline.group.across === 'files' ? 'run' : 'file';
}

/** What the mapping compiles to, for people: the verb `sql`. `header`: the columns of a file. */
export function explainSql(pipeline: Pipeline, kind: Kind, header: readonly string[]): string {
  const bound = Object.fromEntries(header.map((column) => [column, column]));
  const tables = { phones: 'pointferry_staging.phones' };
  const file = { id: 0, place: 1, contentSha256: 'content' };
  const compiled = compile(pipeline, kind, boundRows(sql`pointferry_staging."raw_0"`, bound), tables, file);
  const operations = compiled.operations({
    account: pipeline.account,
    rows: 'pointferry_staging.rows',
    file: null,
    businessDate: '2000-01-01',
  });
  return `-- rows of a file\n${compiled.rows.sql};\n\n-- operations of the rows\n${operations};\n`;
}
