/** The last step: the books, what they mean for the exit code, the run's files, and the run given back. */
import { type Db, withClient } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { allowed } from '../pipeline/threshold.ts';
import { booksOf } from '../report/books.ts';
import { type Written, writeRunFiles } from '../report/write.ts';
import { closeRun, type Ending, endRun } from '../run/ledger.ts';
import { endingOf, type Outcome } from './ending.ts';
import type { Halt, Journey } from './journey.ts';

export interface Finished {
  readonly ending: Ending;
  readonly written: Written;
}

/** Ends a run. Its files are written while it is still held, so that a death in between is seen and mended. */
export async function finish(journey: Journey, halt: Halt | null): Promise<Finished> {
  const { db, run, owner, pipeline } = journey;
  const books = await booksOf(db, run.id);
  const files: Partial<Record<keyof Outcome['files'], number>> = {};
  for (const { file } of books.files) files[file.verdict] = (files[file.verdict] ?? 0) + 1;
  const ending = endingOf({
    halt,
    balanced: books.balanced,
    rows: books.rows,
    files,
    emptyOk: pipeline.empty === 'ok',
    tolerated: allowed(pipeline.thresholds?.tolerate, books.rows.read),
  });
  for (const difference of books.differences) journey.log('error', difference, { run: run.id });
  await endRun(db, owner, run.id, ending);
  await inTransaction(db, (client) => query(client, 'run/note-carried', { run: run.id }), {
    idempotent: true,
  });
  const written = await writeRunFiles(db, run.id, run.folder);
  await writeTouched(db, run.id);
  await closeRun(db, owner, run.id, ending.status.startsWith('completed'));
  return { ending, written };
}

/** Rows of other runs that this one settled moved in the books of those: their files say so. */
async function writeTouched(db: Db, id: string): Promise<void> {
  const touched = await withClient(db, (client) =>
    query<{ id: string; folder: string }>(client, 'run/touched-runs', { run: id }),
  );
  for (const other of touched) await writeRunFiles(db, other.id, other.folder);
}
