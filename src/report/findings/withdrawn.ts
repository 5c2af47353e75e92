/** Rows that a corrected file held and its correction does not: shown, and nothing done about them. */

import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';

export interface Withdrawn {
  /** The correction, a file of the run. */
  readonly file: number;
  /** The file that held the rows, and the run that read it. */
  readonly ofFile: number;
  readonly ofRun: string;
  readonly rows: number;
}

/** What corrections of this run left out. */
export const withdrawnOf = (client: Client, run: string): Promise<Withdrawn[]> =>
  query(client, 'report/withdrawn', { run });

/** How many rows a file left out. */
export const withdrawnBy = (file: number, withdrawn: readonly Withdrawn[]): number =>
  withdrawn.filter((one) => one.file === file).reduce((sum, one) => sum + one.rows, 0);
