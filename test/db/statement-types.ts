/** Types of every statement of sql/, from what the server says of it: names and types of its parameters and columns. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type Db, withConnection } from '../../src/db/pool.ts';
import { parseStatement, type Statement, sqlFolder, statement } from '../../src/db/sql.ts';
import { builtinTypes, inputTypes } from './type-names.ts';

/** Rooms whose statements are run by name. Migrations and functions are not. */
const isStatement = (name: string): boolean => !/^(migrations|functions)\//.test(name) && name.includes('/');

export const statementNames = (): string[] =>
  readdirSync(sqlFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((file) =>
      file
        .split(path.sep)
        .join('/')
        .replace(/\.sql$/, ''),
    )
    .filter(isStatement)
    .sort();

interface Column {
  readonly name: string;
  readonly dataTypeID: number;
  /** 0 for an expression. */
  readonly tableID: number;
  readonly columnID: number;
}

interface Described {
  readonly statement: Statement;
  readonly params: readonly number[];
  readonly columns: readonly Column[];
}

/** What the wire protocol of Postgres calls Describe; `pg` has the messages and no function for it. */
function describe(client: pg.PoolClient, parsed: Statement): Promise<Described> {
  return new Promise((resolve, reject) => {
    let params: readonly number[] = [];
    let columns: readonly Column[] = [];
    const learn = (message: { readonly dataTypeIDs: readonly number[] }): void => {
      params = message.dataTypeIDs;
    };
    const query = {
      submit(connection: pg.Connection) {
        connection.on('parameterDescription', learn);
        connection.parse({ name: '', text: parsed.text, types: [] }, true);
        connection.describe({ type: 'S', name: '' }, true);
        connection.sync();
      },
      handleRowDescription(message: { readonly fields: readonly Column[] }) {
        columns = message.fields;
      },
      handleReadyForQuery(connection: pg.Connection) {
        connection.off('parameterDescription', learn);
        resolve({ statement: parsed, params, columns });
      },
      handleError(error: Error, connection: pg.Connection) {
        connection.off('parameterDescription', learn);
        reject(new Error(`sql/${parsed.name}.sql: ${error.message}`));
      },
    };
    client.query(query);
  });
}

/** TypeScript types by OID of Postgres, of values that are read and of parameters. */
interface Types {
  readonly read: (oid: number) => string;
  readonly given: (oid: number) => string;
}

async function loadTypes(client: pg.PoolClient): Promise<Types> {
  const { rows } = await client.query<{ oid: number; name: string; element: string | null }>(
    `select t.oid::int, t.typname as name, e.typname as element
       from pg_type t left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'`,
  );
  const known = new Map(rows.map((row) => [row.oid, row]));
  const find = (oid: number, of: (name: string) => string, list: (type: string) => string): string => {
    const type = known.get(oid);
    if (type === undefined) throw new Error(`no type ${oid}`);
    return type.element === null ? of(type.name) : list(of(type.element));
  };
  const listOf = (type: string): string => `readonly ${/\W/.test(type) ? `(${type})` : type}[]`;
  return {
    read: (oid) => find(oid, builtinTypes, listOf),
    given: (oid) => find(oid, inputTypes, listOf),
  };
}

interface TableColumn {
  readonly isNotNull: boolean;
  /** The values that a check of the table allows. */
  readonly values: readonly string[] | null;
}

async function loadColumns(client: pg.PoolClient): Promise<(column: Column) => TableColumn | undefined> {
  const { rows } = await client.query<{ place: string; not_null: boolean; check: string | null }>(
    `select a.attrelid::int || '.' || a.attnum as place, a.attnotnull as not_null,
            (select pg_get_constraintdef(c.oid) from pg_constraint c
              where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum]
                and pg_get_constraintdef(c.oid) ~ '= ANY \\(ARRAY\\[' limit 1) as check
       from pg_attribute a join pg_class r on r.oid = a.attrelid
      where r.relnamespace = 'pointferry'::regnamespace and r.relkind = 'r' and a.attnum > 0`,
  );
  const columns = new Map(
    rows.map((row) => [row.place, { isNotNull: row.not_null, values: valuesOf(row.check) }]),
  );
  return ({ tableID, columnID }) => columns.get(`${tableID}.${columnID}`);
}

/** Of `CHECK ((status = ANY (ARRAY['running'::text, ...])))`, and of nothing more involved. */
function valuesOf(check: string | null): readonly string[] | null {
  const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[([^\]]*)\]\)\)\)$/.exec(check ?? '')?.[1];
  if (list === undefined) return null;
  return [...list.matchAll(/'([^']*)'::text/g)].map(([, value = '']) => `'${value}'`);
}

/**
 * What a statement says of its columns and the server does not: `-- nullable: a, b`, `-- not null: a, b`, and of a text
 * that is one of a few, `-- values of a: x, y`.
 */
function annotated(source: string, word: string): readonly string[] {
  const lists = [...source.matchAll(new RegExp(`^-- ${word}: (.*)$`, 'gm'))];
  return lists.flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
}

const camelCase = (name: string): string =>
  name.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * A column of a table is null where the table lets it be; an expression and a column of a view never are. What an outer
 * join makes null, and expressions that can be, are annotated.
 */
function rowText(
  { statement: { name, source }, columns }: Described,
  types: Types,
  find: (column: Column) => TableColumn | undefined,
): string {
  const nullable = annotated(source, 'nullable');
  const notNull = annotated(source, 'not null');
  const listed = [...source.matchAll(/^-- values of (\w+):/gm)].map(([, column = '']) => column);
  for (const word of [...nullable, ...notNull, ...listed]) {
    if (!columns.some((column) => column.name === word))
      throw new Error(`sql/${name}.sql annotates "${word}", which is none of its columns`);
  }
  if (columns.length === 0) return '    row: never;\n';
  const lines = columns.map((column) => {
    const inTable = find(column);
    const isNull =
      nullable.includes(column.name) || (inTable?.isNotNull === false && !notNull.includes(column.name));
    const stated = annotated(source, `values of ${column.name}`).map((value) => `'${value}'`);
    const values = stated.length > 0 ? stated : inTable?.values;
    const type = values?.join(' | ') ?? types.read(column.dataTypeID);
    return `      ${camelCase(column.name)}: ${isNull && type !== 'unknown' ? `${type} | null` : type};\n`;
  });
  return `    row: {\n${lines.join('')}    };\n`;
}

/** Every parameter may be null: the server does not say which must not. */
function paramsText({ statement: { params }, params: oids }: Described, types: Types): string {
  if (params.length === 0) return '    params: Record<never, never>;\n';
  const lines = params.map((name, index) => {
    const type = types.given(oids[index] ?? 0);
    return `      ${name}: ${type === 'unknown' ? type : `${type} | null`};\n`;
  });
  return `    params: {\n${lines.join('')}    };\n`;
}

const head = `/**
 * Parameters and rows of every statement of sql/, by its name. Written by \`npm run sql:types\` from what the server says of
 * the statements, and compared by a test: a column that is renamed in sql/ is a compile error where it is used.
 */
export interface Statements {
`;

/** `text` makes a statement out of a file's text: what is replaced by name stands for itself in it. */
export async function statementTypes(db: Db, text: (source: string) => string): Promise<string> {
  return await withConnection(db, async ({ raw: client }) => {
    const types = await loadTypes(client);
    const find = await loadColumns(client);
    const entries: string[] = [];
    for (const name of statementNames()) {
      const described = await describe(client, parseStatement(name, text(statement(name).source)));
      entries.push(`  '${name}': {\n${paramsText(described, types)}${rowText(described, types, find)}  };\n`);
    }
    return `${head}${entries.join('')}}\n`;
  });
}
