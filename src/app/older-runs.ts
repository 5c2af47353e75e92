/** Runs that earlier nights left: gone on with, oldest first, or left to a person. None of them stops what comes after it. */

import { worstOf } from '../flow/ending.ts';
import { isUsedUp } from '../flow/journey.ts';
import { requireAccessOf, type Under } from '../flow/prepare.ts';
import { type ExitCode, exit, machineFailure, PointferryError, worstFirst } from '../ground/errors.ts';
import { closeRun, endRun, holdRun, loadRun, type Unfinished, unfinishedRuns } from '../ledger/runs.ts';
import { goOn, type Said } from './sending.ts';

/** What became of one of them in this command. */
export interface Older {
  readonly run: string;
  readonly exitCode: ExitCode;
  /** False: it was left alone. */
  readonly resumed: boolean;
}

/** Goes on with what earlier nights of the pipeline left; what ended with 2 or 70 is left alone, and named. */
export async function goOnWithOlder(under: Under, name: string, said: Said[]): Promise<Older[]> {
  const all: Older[] = [];
  for (const older of await unfinishedRuns(under.db, name, 'nightly')) {
    if (waitsForPerson(older)) nameIt(under, older);
    const isLeft = waitsForPerson(older) || under.context.signal.aborted || isUsedUp(under.allowed);
    all.push(isLeft ? leftAlone(older) : await goOnWithOne(under, older.id, said));
  }
  return all;
}

/** All of them left as they are: `--only-new`. */
export const leaveOlder = async (under: Under, name: string): Promise<Older[]> =>
  (await unfinishedRuns(under.db, name, 'nightly')).map(leftAlone);

/** A run that died has no exit code yet: it counts as interrupted. */
const leftAlone = ({ id, owner, exitCode }: Unfinished): Older => ({
  run: id,
  exitCode: owner === null && exitCode !== null ? (exitCode as ExitCode) : exit.interrupted,
  resumed: false,
});

const waitsForPerson = ({ owner, exitCode }: Unfinished): boolean =>
  owner === null && (exitCode === exit.threshold || exitCode === exit.bug);

function nameIt({ context }: Under, { id, exitCode }: Unfinished): void {
  const how = exitCode === exit.threshold ? ' --accept-threshold' : '';
  context.log(
    'warn',
    `left alone (exit ${exitCode}); a person may type: pointferry resume ${id}${how}, or give it up: pointferry dismiss ${id} --note TEXT`,
    { run: id },
  );
}

/** What keeps new files from being taken, with the exit code of an older run where that is worse. */
export function besideOlder(error: unknown, older: readonly Older[]): unknown {
  if (!(error instanceof PointferryError) || !worstFirst.includes(error.exitCode)) return error;
  const exitCode = worstOf([error.exitCode, ...older.map((each) => each.exitCode)]);
  if (exitCode === error.exitCode) return error;
  const { code, message, where, hint } = error;
  return new PointferryError(code, message, { exitCode, where, hint, cause: error });
}

/** Goes on with one. What goes wrong with it is said and noted, and is no reason to leave the others, or new files. */
export async function goOnWithOne(under: Under, id: string, said: Said[]): Promise<Older> {
  let isHeld = false;
  try {
    await requireAccessOf(await loadRun(under.db, id), under);
    const run = await holdRun(under.db, under.owner, id);
    isHeld = true;
    const went = await goOn(under, run);
    said.push(went);
    return { run: id, exitCode: went.exitCode, resumed: true };
  } catch (error) {
    if (concernsAll(error, under)) throw error;
    const { exitCode, code, reason } = failureOf(error);
    const next = error instanceof PointferryError ? `; next: ${error.hint}` : '';
    under.context.log('error', `run ${id}: ${reason}${next}`, { run: id, code });
    if (isHeld) await giveBack(under, id, { exitCode, code, reason });
    return { run: id, exitCode, resumed: isHeld };
  }
}

const ofAll: readonly string[] = [
  'CONFIG_BUSY',
  'CONFIG_DATABASE_COMMIT',
  'CONFIG_DATABASE_DOWN',
  'CONFIG_DATABASE_FULL',
  'LEDGER_WENT_BACK',
  'RUN_LOST',
];

/** A signal, a lost lease, a pipeline that is busy, a database that is away: none of the others could go on either. */
const concernsAll = (error: unknown, { context, owner }: Under): boolean =>
  context.signal.aborted ||
  owner.lost.aborted ||
  (error instanceof PointferryError && ofAll.includes(error.code));

interface Failure {
  readonly exitCode: typeof exit.fatal | typeof exit.bug | typeof exit.config;
  readonly code: string;
  readonly reason: string;
}

function failureOf(thrown: unknown): Failure {
  const error = machineFailure(thrown) ?? thrown;
  if (error instanceof PointferryError) {
    const { exitCode, code, message } = error;
    const isKnown = exitCode === exit.bug || exitCode === exit.config;
    return { exitCode: isKnown ? exitCode : exit.fatal, code, reason: message };
  }
  return {
    exitCode: exit.bug,
    code: 'BUG',
    reason: error instanceof Error ? error.message : String(error),
  };
}

/** It did not come to its own end: without this it would stand in the way of a new run as held. */
async function giveBack({ db, owner }: Under, id: string, failure: Failure): Promise<void> {
  const { owner: holder } = await loadRun(db, id);
  if (holder !== owner.token) return; // it came to its end, and what failed came after it
  await endRun(db, owner, id, { status: 'failed', ...failure });
  await closeRun(db, owner, id, false);
}
