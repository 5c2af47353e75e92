/** Runs that earlier nights left: resumed, oldest first, or left to a person. None of them stops what comes after it. */
import { requireAccessOf, type Sending } from '../flow/prepare.ts';
import { machineFailure, PointferryError } from '../ground/errors.ts';
import { type ExitCode, exit } from '../ground/exit.ts';
import { closeRun, endRun } from '../ledger/end-run.ts';
import { holdRun } from '../ledger/hold-run.ts';
import { loadRun } from '../ledger/run.ts';
import { nextOf, type Unfinished, unfinishedRuns } from '../ledger/unfinished.ts';
import { finishRun, isOver } from './sending.ts';
import type { RunReport, Watching } from './watch.ts';

/** What became of one of them in this command. */
export interface Older {
  readonly run: string;
  readonly exitCode: ExitCode;
  /** False: it was left alone. */
  readonly resumed: boolean;
}

/** Resumes what earlier nights of the pipeline left, oldest first. What ended with 2 or 70 is left alone, and named. */
export async function resumeOlder(
  sending: Sending,
  { watch }: Watching,
  name: string,
  reports: RunReport[],
): Promise<Older[]> {
  const all: Older[] = [];
  for (const older of await unfinishedRuns(sending.db, { pipeline: name, scope: 'nightly' })) {
    const { resume } = nextOf(older);
    if (resume !== null) nameIt(sending, older, resume);
    const isLeft = resume !== null || isOver(sending);
    all.push(isLeft ? leftAlone(older) : await resumeOne(sending, watch, older.id, reports));
  }
  return all;
}

/** All of them left as they are. */
export const leaveOlder = async ({ db }: Sending, name: string): Promise<Older[]> =>
  (await unfinishedRuns(db, { pipeline: name, scope: 'nightly' })).map(leftAlone);

/** A run that died has no exit code yet: it counts as interrupted. */
const leftAlone = ({ id, held, exitCode }: Unfinished): Older => ({
  run: id,
  exitCode: !held && exitCode !== null ? (exitCode as ExitCode) : exit.interrupted,
  resumed: false,
});

function nameIt({ log }: Sending, { id, exitCode }: Unfinished, resume: string): void {
  log(
    'warn',
    `left alone (exit ${exitCode}); a person may type: ${resume}, or give it up: pointferry dismiss ${id} --note TEXT`,
    { run: id },
  );
}

/** Resumes one. What goes wrong with it is logged and noted, and is no reason to leave the others, or new files. */
export async function resumeOne(
  sending: Sending,
  watch: Watching['watch'],
  id: string,
  reports: RunReport[],
): Promise<Older> {
  let isHeld = false;
  try {
    await requireAccessOf(await loadRun(sending.db, id), sending);
    const run = await holdRun(sending.db, sending.owner, id);
    isHeld = true;
    const report = await finishRun(sending, watch, run);
    reports.push(report);
    return { run: id, exitCode: report.exitCode, resumed: true };
  } catch (error) {
    if (concernsAll(error, sending)) throw error;
    const { exitCode, code, reason } = failureOf(error);
    const next = error instanceof PointferryError ? `; next: ${error.hint}` : '';
    sending.log('error', `run ${id}: ${reason}${next}`, { run: id, code });
    if (isHeld) await giveBack(sending, id, { exitCode, code, reason });
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
const concernsAll = (error: unknown, { signal, owner }: Sending): boolean =>
  signal.aborted || owner.lost.aborted || (error instanceof PointferryError && ofAll.includes(error.code));

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
async function giveBack({ db, owner }: Sending, id: string, failure: Failure): Promise<void> {
  const { owner: holder } = await loadRun(db, id);
  if (holder !== owner.token) return; // it came to its end, and what failed came after it
  await endRun(db, owner, id, { status: 'failed', ...failure });
  await closeRun(db, owner, id, false);
}
