/** The one way in which tests insert rows into the ledger. */
import type { Client } from '../../src/db/pool.ts';

/** Values of columns, by name, as JSON has them. Columns that are left out get their default. */
export type Columns = Readonly<Record<string, unknown>>;

/** Inserts rows; the table itself says their types. Returns a column of each, in their order. */
export async function insertRows(
  client: Client,
  table: string,
  rows: readonly Columns[],
  returning: string,
): Promise<unknown[]> {
  const made: unknown[] = [];
  for (const same of alike(rows)) {
    const names = Object.keys(same[0] ?? {}).join(', ');
    const result = await client.query(
      `insert into pointferry.${table} (${names})
       select ${names} from json_populate_recordset(null::pointferry.${table}, $1::json) returning ${returning}`,
      [JSON.stringify(same)],
    );
    made.push(...result.rows.map((row) => row[returning]));
  }
  return made;
}

/** Neighbours that state the same columns, as they go into one statement. */
function alike(rows: readonly Columns[]): Columns[][] {
  const parts: Columns[][] = [];
  let before: string | undefined;
  for (const row of rows) {
    const names = Object.keys(row).join();
    if (names === before) parts.at(-1)?.push(row);
    else parts.push([row]);
    before = names;
  }
  return parts;
}

export async function insertRow(
  client: Client,
  table: string,
  columns: Columns,
  returning: string,
): Promise<unknown> {
  return (await insertRows(client, table, [columns], returning))[0];
}

export const bytea = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

let counter = 0;
/** A number that no other row of this process has. */
export const next = (): number => ++counter;
