/** Runs whose rows were moved by something else than themselves: a rerun, a person, a run that settled them on its way. */
import type { Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { storedPipeline } from '../pipeline/definition.ts';
import { booksOf, booksOfSelected } from '../report/books.ts';
import { writeRunFiles } from '../report/write.ts';
import { loadRun } from '../run/ledger.ts';
import { endingOf, outcomeOf } from './ending.ts';

export interface Touched {
  readonly id: string;
  readonly folder: string;
}

/** Their files say where the rows stand now, and a finished run's exit code says what is left for a person. */
export async function rewrite(db: Db, touched: readonly Touched[]): Promise<void> {
  for (const { id, folder } of touched) {
    await newEnding(db, id);
    await writeRunFiles(db, id, folder);
  }
}

/** Rows that wait for somebody else (a rerun that was interrupted) leave the ending as it is. */
async function newEnding(db: Db, id: string): Promise<void> {
  const run = await loadRun(db, id);
  if (run.stage !== 'done' || run.owner !== null) return;
  const books = await (run.mode === 'rerun' ? booksOfSelected : booksOf)(db, id);
  if (books.rows.pending > 0) return;
  const { status, exitCode } = endingOf(outcomeOf(null, books, storedPipeline(run.definition)));
  await inTransaction(db, (client) => query(client, 'run/new-ending', { id, status, exit_code: exitCode }), {
    idempotent: true,
  });
}

export const runsOfOperations = (db: Db, operations: readonly number[]): Promise<Touched[]> =>
  reading(db, (client) => query<Touched>(client, 'run/runs-of-operations', { operations }));
