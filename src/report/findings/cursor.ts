/** Reads a long result in batches, so that a million rows are never in memory at once. */
import type { Client } from '../../db/pool.ts';
import { camelRows } from '../../db/sql.ts';

/** Approximate bytes of a batch in memory; a row can have a few bytes or a megabyte. */
const batchBytes = 1_000_000;
const mostRows = 1_000;

let counter = 0;

/**
 * Batches of the result of `text`; the client must be in a transaction, and only the consumer of a batch may use it
 * meanwhile. `width` estimates the bytes of a row: batches of wide rows are smaller.
 */
export async function* batches<R>(
  client: Client,
  text: string,
  values: readonly unknown[],
  width: (row: R) => number,
): AsyncGenerator<R[]> {
  const cursor = `report_${++counter}`;
  // plan for all rows: the default favours the first ones
  await client.query('set local cursor_tuple_fraction = 1');
  await client.query(`declare ${cursor} no scroll cursor for ${text}`, values);
  let size = 50;
  for (;;) {
    const fetched = await client.query<object>(`fetch forward ${size} from ${cursor}`);
    const rows = camelRows<R>(fetched.rows);
    if (rows.length === 0) break;
    yield rows;
    const average = rows.reduce((sum, row) => sum + width(row), 0) / rows.length;
    size = Math.max(1, Math.min(mostRows, Math.floor(batchBytes / Math.max(average, 1))));
  }
  await client.query(`close ${cursor}`);
}
