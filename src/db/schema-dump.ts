import type { Db } from './pool.ts';
import { run } from './sql.ts';
import { inTransaction } from './transaction.ts';

const head = `-- The schema as it stands after all migrations and functions. Written by \`npm run schema:dump\`, compared by a test.
-- To read, not to run: migrations and functions are the truth.
`;

/** The schema of a migrated database as text, the same on every server version that is supported. */
export async function dumpSchema(db: Db): Promise<string> {
  const rows = await inTransaction(db, async (client) => {
    // what is on the search path would be named without its schema
    await client.query('set local search_path = pg_catalog');
    return await run(client, 'db/schema');
  });
  return `${head}\n${rows.map(({ text }) => text).join('\n\n')}\n`;
}
