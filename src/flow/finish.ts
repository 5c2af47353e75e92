/** The last step: the books, what they mean for the exit code, the run's files, and the run given back. */

import { run as query } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { closeRun, type Ending, endRun } from '../ledger/end-run.ts';
import { type Books, booksOf, booksOfSelected } from '../report/books/books.ts';
import type { Written } from '../report/files/write.ts';
import { endingOf, outcomeOf } from './ending.ts';
import type { Halt, Journey } from './journey.ts';
import { putBack } from './put-back.ts';
import { dismissedOf, touch, writeFilesOf } from './touched.ts';

export interface Finished {
  readonly ending: Ending;
  readonly written: Written;
}

/** Ends a run. Its files are written while it is still held, so that a death in between is seen and mended. */
export async function finish(journey: Journey, halt: Halt | null): Promise<Finished> {
  const { db, run, owner, pipeline } = journey;
  const books = await booksFor(journey);
  const ending = endingOf(outcomeOf(halt, books, pipeline, await dismissedOf(db, run.id)));
  for (const difference of books.differences) journey.log('error', difference, { run: run.id });
  await endRun(db, owner, run.id, ending);
  await inTransaction(db, (client) => query(client, 'ledger/note-carried', { run: run.id }), {
    idempotent: true,
  });
  const written = await writeFilesOf(journey, run, { allFiles: journey.options.allFiles === true });
  await touch(journey, await reading(db, (client) => query(client, 'ledger/touched-runs', { run: run.id })));
  await closeRun(db, owner, run.id, ending.status.startsWith('completed'));
  await putBack(journey, ending, written);
  return { ending, written };
}

/** A rerun has no rows of its own: what it took must balance in the runs that read it. */
async function booksFor({ db, run }: Journey): Promise<Books> {
  if (run.mode !== 'rerun') return booksOf(db, run.id);
  const selected = await booksOfSelected(db, run.id);
  const differences: string[] = [];
  for (const id of run.of) differences.push(...(await booksOf(db, id)).differences);
  return { ...selected, differences, balanced: differences.length === 0 };
}
