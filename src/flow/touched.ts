/**
 * Runs whose rows were moved by something else than themselves: a rerun, a person, a run that settled them on its way. What
 * goes wrong with their files never decides about whoever moved them: it is a warning that names the run and its folder.
 */

import { basename, join } from 'node:path';
import type { Db } from '../db/pool.ts';
import { run as query, runOne } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { machineFailure, PointferryError } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';
import { filesOf, goneCells } from '../ledger/file.ts';
import { loadRun } from '../ledger/run.ts';
import { booksOf, booksOfSelected } from '../report/books/books.ts';
import { type WriteOptions, type Written, writeRunFiles } from '../report/files/write.ts';
import { inSnapshot } from '../report/findings/snapshot.ts';
import { endingOf, outcomeOf } from './ending.ts';

export interface Touched {
  readonly id: string;
  readonly folder: string;
}

/** Where files go, and who is told. */
export interface Desk {
  readonly db: Db;
  readonly workdir: string;
  readonly log: Log;
}

/** A finished run's exit code says what is left for a person; that its files do not say so yet is noted. */
export async function touch({ db, log }: Desk, touched: readonly Touched[]): Promise<void> {
  if (touched.length === 0) return;
  for (const { id } of touched) {
    await newEnding(db, id).catch((error: unknown) => {
      log('warn', `the exit code of run ${id} could not be brought up to date: ${said(error)}`, { run: id });
    });
  }
  const ids = touched.map(({ id }) => id);
  await inTransaction(db, (client) => query(client, 'ledger/files-due', { ids }), { idempotent: true });
}

/** Rows that wait for somebody else (a rerun that was interrupted) leave the ending as it is. */
async function newEnding(db: Db, id: string): Promise<void> {
  const run = await loadRun(db, id);
  if (run.stage !== 'done' || run.owner !== null) return;
  const books = await (run.mode === 'rerun' ? booksOfSelected : booksOf)(db, id);
  if (books.rows.pending > 0) return;
  const outcome = outcomeOf(null, books, run.definition, await dismissedOf(db, id));
  const { status, exitCode } = endingOf(outcome);
  await inTransaction(db, (client) => query(client, 'ledger/new-ending', { id, status, exitCode }), {
    idempotent: true,
  });
}

/** What a person has given up of a run: so many rows, or all of it. */
export async function dismissedOf(db: Db, id: string): Promise<{ rows: number; all: boolean }> {
  return reading(db, (client) => runOne(client, 'report/dismissed', { run: id }));
}

/** Both at once, for a verb that does nothing else. */
export async function rewrite(desk: Desk, touched: readonly Touched[]): Promise<void> {
  await touch(desk, touched);
  await rewriteDue(desk);
}

/** Writes the files of all touched runs, those that a process which died has left included. */
export async function rewriteDue(desk: Desk): Promise<void> {
  await rewriteAll(desk).catch((error: unknown) => {
    desk.log('warn', `files of other runs were not written again, the next run does it: ${said(error)}`);
  });
}

async function rewriteAll(desk: Desk): Promise<void> {
  const { db, log } = desk;
  const due = await reading(db, (client) => query(client, 'ledger/runs-due'));
  for (const run of due) {
    await rewriteOne(desk, run).catch((error: unknown) => {
      log(
        'warn',
        `the files of run ${run.id} in ${run.folder} could not be written again: ${said(error)}; make them with: pointferry report ${run.id} --out DIR`,
        { run: run.id },
      );
    });
    const { id } = run;
    await inTransaction(db, (client) => query(client, 'ledger/files-done', { id, due: run.due }), {
      idempotent: true,
    });
  }
}

/** Rows whose cells are gone are told without them. */
async function rewriteOne(desk: Desk, run: Touched): Promise<void> {
  await writeFilesOf(desk, run);
  const files = await inSnapshot(desk.db, (client) => filesOf(client, run.id));
  for (const words of goneCells(files)) desk.log('warn', words, { run: run.id });
}

/** The files of a run, in its folder; where that is out of reach, in one of the same name below today's work folder. */
export async function writeFilesOf(
  { db, workdir, log }: Desk,
  { id, folder }: Touched,
  options: WriteOptions = {},
): Promise<Written> {
  try {
    return await writeRunFiles(db, id, folder, options);
  } catch (error) {
    const here = join(workdir, 'runs', basename(folder));
    if (here === folder || !isOfTheFolder(error)) throw error;
    const written = await writeRunFiles(db, id, here, options);
    await inTransaction(db, (client) => query(client, 'ledger/move-folder', { id, folder: here }), {
      idempotent: true,
    });
    log(
      'warn',
      `the folder of run ${id} cannot be written (${said(error)}): ${folder}; its files are in ${here} now`,
      {
        run: id,
      },
    );
    return written;
  }
}

const isOfTheFolder = (error: unknown): boolean =>
  machineFailure(error) !== null || (error instanceof PointferryError && error.code === 'REPORT_NOT_WRITTEN');

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const runsOfOperations = (db: Db, operations: readonly number[]): Promise<Touched[]> =>
  reading(db, (client) => query(client, 'ledger/runs-of-operations', { operations }));
