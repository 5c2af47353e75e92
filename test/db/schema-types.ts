/** Types of the ledger's tables and views for Kysely, from what the server says of them. */
import type { Db } from '../../src/db/pool.ts';
import { camelCase } from '../../src/db/sql.ts';
import { reading } from '../../src/db/transaction.ts';
import { builtinTypes } from './type-names.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  /** With `_` before it: an array of that type. */
  readonly type: string;
  readonly required: boolean;
}

const head = `/**
 * Tables and views of the ledger, as Kysely reads them: names in camelCase, cells as types.ts parses them. Written by
 * \`npm run schema:dump\`, compared by a test.
 */
export interface Database {
`;

/** The text of src/db/schema.ts for a migrated database. Of a view the server does not know which columns can be null. */
export async function schemaTypes(db: Db): Promise<string> {
  const { rows } = await reading(db, (client) =>
    client.query<Column>(
      `select c.relname as "table", a.attname as "column", t.typname as type, a.attnotnull as required
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid
         join pg_type t on t.oid = a.atttypid
        where c.relnamespace = 'pointferry'::regnamespace and c.relkind in ('r', 'p', 'v')
          and a.attnum > 0 and not a.attisdropped
        order by c.relname collate "C", a.attnum`,
    ),
  );
  const tables = [...Map.groupBy(rows, ({ table }) => table)].map(([table, own]) =>
    [`  'pointferry.${camelCase(table)}': {`, ...own.map((one) => `    ${lineOf(one)}`), '  };'].join('\n'),
  );
  return `${head}${tables.join('\n')}\n}\n`;
}

function lineOf({ column, type, required }: Column): string {
  const cell = type.startsWith('_') ? `${builtinTypes(type.slice(1))}[]` : builtinTypes(type);
  return `${camelCase(column)}: ${cell}${required || cell === 'unknown' ? '' : ' | null'};`;
}
