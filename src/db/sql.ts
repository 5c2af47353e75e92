import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseError } from './failure.ts';
import type { Client } from './pool.ts';
import type { Statements } from './statements.ts';

/** The folder of all fixed SQL. */
export const sqlFolder = path.join(import.meta.dirname, '../../sql');

export interface Statement {
  /** `push/claim`, for the file `sql/push/claim.sql`. */
  readonly name: string;
  /** As it stands in the file. */
  readonly source: string;
  /** With `$1`, `$2`, ... in place of `:name`. */
  readonly text: string;
  /** `$n` is `params[n - 1]`, in camelCase. */
  readonly params: readonly string[];
  /** Where each placeholder stands, to find our way back from `text` to `source`. */
  readonly places: readonly { readonly at: number; readonly length: number; readonly shift: number }[];
}

/**
 * What stands in SQL and is no parameter: strings (with E'' escapes), dollar quotes, quoted names, comments (block
 * comments nest, which one level of the expression covers), casts. The last alternative is the parameter.
 */
const token =
  /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|(\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\1|"(?:[^"]|"")*"|--[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*[\s\S]*?\*\/)*\*\/|::|\w:(?=\w)|:([A-Za-z_]\w*)/g;

/** A name of SQL as TypeScript spells it: `exit_code` is `exitCode`. */
export const camelCase = (name: string): string =>
  name.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Rows with their columns in camelCase. What stands inside a JSON column keeps its names. */
export function camelRows<R>(rows: readonly object[]): R[] {
  const names = Object.keys(rows[0] ?? {}).map((name) => [name, camelCase(name)] as const);
  if (names.every(([name, camel]) => name === camel)) return rows as R[];
  return rows.map((row) =>
    Object.fromEntries(names.map(([name, camel]) => [camel, row[name as keyof typeof row]])),
  ) as R[];
}

/** Rows as JSON for `json_to_recordset`: their members become columns in snake_case, values stay as they are. */
export function jsonRows(rows: readonly object[]): string {
  const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value])),
    ),
  );
}

/** Finds the named parameters of a statement; the same name twice is one parameter. */
export function parseStatement(name: string, source: string): Statement {
  const params: string[] = [];
  const places: { at: number; length: number; shift: number }[] = [];
  let text = '';
  let copied = 0;
  for (const match of source.matchAll(token)) {
    if (match[2] === undefined) continue;
    const param = camelCase(match[2]);
    if (!params.includes(param)) params.push(param);
    const placeholder = `$${params.indexOf(param) + 1}`;
    text += source.slice(copied, match.index);
    places.push({ at: text.length, length: placeholder.length, shift: match[0].length - placeholder.length });
    text += placeholder;
    copied = match.index + match[0].length;
  }
  return { name, source, text: text + source.slice(copied), params, places };
}

const cache = new Map<string, Statement>();

/** The statement of `sql/<name>.sql`, read once. A file that is not there is a bug and throws as `fs` does. */
export function statement(name: string, folder = sqlFolder): Statement {
  const file = path.join(folder, `${name}.sql`);
  const known = cache.get(file);
  if (known) return known;
  const made = parseStatement(name, readFileSync(file, 'utf8'));
  cache.set(file, made);
  return made;
}

export type Params = Readonly<Record<string, unknown>>;

/** `push/claim`, for sql/push/claim.sql. */
export type StatementName = keyof Statements;
export type ParamsOf<N extends StatementName> = Readonly<Statements[N]['params']>;
export type RowOf<N extends StatementName> = Readonly<Statements[N]['row']>;
/** A statement without parameters is called without them. */
export type Given<N extends StatementName> = keyof ParamsOf<N> extends never ? [] : [params: ParamsOf<N>];

/**
 * Runs `sql/<name>.sql` with its named parameters and returns its rows. All names must be there, and none besides; columns
 * and parameters are snake_case in SQL and camelCase here. Throws DatabaseError whose message names file, line and column
 * and shows the place.
 */
export function run<N extends StatementName>(
  client: Client,
  name: N,
  ...[params]: Given<N>
): Promise<RowOf<N>[]> {
  return runAs<RowOf<N>>(client, name, params);
}

/** As `run`, for one row exactly; anything else is a bug of the statement. */
export async function runOne<N extends StatementName>(
  client: Client,
  name: N,
  ...[params]: Given<N>
): Promise<RowOf<N>> {
  return one(name, await runAs<RowOf<N>>(client, name, params));
}

/** As `run`, for one row or none. */
export async function runMaybe<N extends StatementName>(
  client: Client,
  name: N,
  ...[params]: Given<N>
): Promise<RowOf<N> | undefined> {
  return atMostOne(name, await runAs<RowOf<N>>(client, name, params));
}

/** As `run`, for the number of rows touched. */
export async function runCount<N extends StatementName>(
  client: Client,
  name: N,
  ...[params]: Given<N>
): Promise<number> {
  return (await execute(client, statement(name), params)).rowCount;
}

/** As `run`, for rows whose type the server does not tell (JSON columns, texts of a few values): the caller states it. */
export async function runAs<R>(client: Client, name: StatementName, params: Params = {}): Promise<R[]> {
  return (await execute<R>(client, statement(name), params)).rows;
}

function one<R>(name: string, rows: readonly R[]): R {
  const [row] = rows;
  if (row === undefined || rows.length > 1) {
    throw new DatabaseError('statement', `sql/${name}.sql gave ${rows.length} rows where one was expected`);
  }
  return row;
}

function atMostOne<R>(name: string, rows: readonly R[]): R | undefined {
  if (rows.length > 1) {
    throw new DatabaseError(
      'statement',
      `sql/${name}.sql gave ${rows.length} rows where at most one was expected`,
    );
  }
  return rows[0];
}

/** Runs a parsed statement: for SQL that stands in other folders, or is built elsewhere. */
export async function execute<R = Record<string, unknown>>(
  client: Client,
  parsed: Statement,
  params: Params = {},
): Promise<{ rows: R[]; rowCount: number }> {
  const values = bind(parsed, params);
  try {
    const { rows, rowCount } = await client.query<object>(
      parsed.text,
      values.length === 0 ? undefined : values,
    );
    return { rows: camelRows<R>(rows), rowCount };
  } catch (error) {
    throw error instanceof DatabaseError ? located(error, parsed) : error;
  }
}

function bind(parsed: Statement, params: Params): unknown[] {
  const missing = parsed.params.filter((name) => params[name] === undefined);
  const extra = Object.keys(params).filter((name) => !parsed.params.includes(name));
  if (missing.length > 0 || extra.length > 0) {
    const said = [
      missing.length > 0 ? `without ${missing.join(', ')}` : '',
      extra.length > 0 ? `with ${extra.join(', ')}, which it does not have` : '',
    ].filter((part) => part !== '');
    throw new DatabaseError('statement', `sql/${parsed.name}.sql was called ${said.join(' and ')}`);
  }
  return parsed.params.map((name) => params[name]);
}

/** The same error with file, line, column and a caret in its message. */
function located(error: DatabaseError, parsed: Statement): DatabaseError {
  const file = `sql/${parsed.name}.sql`;
  if (error.position === null) return error.saying(`${file}: ${error.message}`);
  const offset = offsetInSource(parsed, error.position);
  return error.saying(pointAt(file, parsed.source, offset, error.message));
}

/** From Postgres' 1-based position in code points of `text` to an offset in `source`. */
export function offsetInSource(parsed: Statement, position: number): number {
  const before = Array.from(parsed.text)
    .slice(0, position - 1)
    .join('').length;
  let offset = before;
  for (const place of parsed.places) {
    if (place.at + place.length <= before) offset += place.shift;
  }
  return offset;
}

/** `file:line:column: message`, the line of SQL and a caret under the place. */
export function pointAt(file: string, source: string, offset: number, message: string): string {
  const before = source.slice(0, offset);
  const lineNumber = before.split('\n').length;
  const column = offset - (before.lastIndexOf('\n') + 1);
  const line = source.split('\n')[lineNumber - 1] ?? '';
  const indent = line.slice(0, column).replace(/[^\t]/g, ' ');
  return `${file}:${lineNumber}:${column + 1}: ${message}\n    ${line}\n    ${indent}^`;
}
