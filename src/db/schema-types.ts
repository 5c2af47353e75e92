import type { Db } from './pool.ts';
import { camelCase, run } from './sql.ts';
import { inTransaction } from './transaction.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
}

/** What a cell of a type is in TypeScript, as types.ts parses it. */
const cells: Readonly<Record<string, string>> = {
  bigint: 'number',
  integer: 'number',
  smallint: 'number',
  real: 'number',
  'double precision': 'number',
  numeric: 'string',
  text: 'string',
  uuid: 'string',
  date: 'string',
  pg_lsn: 'string',
  boolean: 'boolean',
  bytea: 'Buffer',
  json: 'unknown',
  jsonb: 'unknown',
  'text[]': 'string[]',
  'timestamp with time zone': 'Date',
};

const head = `/**
 * Tables and views of the ledger, as Kysely reads them: names in camelCase, cells as types.ts parses them. Written by
 * \`npm run schema:dump\`, compared by a test.
 */
export interface Database {
`;

/** The text of src/db/schema.ts for a migrated database. Throws RangeError for a type that \`cells\` does not have. */
export async function schemaTypes(db: Db): Promise<string> {
  const columns = await inTransaction(db, (client) => run(client, 'db/columns'));
  const tables = Map.groupBy(columns, ({ table }) => table);
  const entries = [...tables].map(([table, own]) =>
    [`  'pointferry.${camelCase(table)}': {`, ...own.map((one) => `    ${lineOf(one)}`), '  };'].join('\n'),
  );
  return `${head}${entries.join('\n')}\n}\n`;
}

function lineOf({ table, column, type, required }: Column): string {
  const cell = cells[type];
  if (cell === undefined) throw new RangeError(`${table}.${column}: what is a ${type} in TypeScript?`);
  return `${camelCase(column)}: ${cell}${required || cell === 'unknown' ? '' : ' | null'};`;
}
