/** Rows that a run reports as delivered. */
import type { Client } from '../../db/pool.ts';
import { statement } from '../../db/sql.ts';
import { batches } from './cursor.ts';

export interface DeliveredRow {
  readonly file: number;
  readonly record: number;
  readonly identity: string | null;
  readonly platformId: string | null;
}

/** In the order of the files, in batches. The client must be in a transaction. */
export const deliveredRows = (client: Client, run: string): AsyncGenerator<DeliveredRow[]> =>
  batches<DeliveredRow>(client, statement('report/success').text, [run], () => 200);
