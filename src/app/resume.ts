/** Runs resumed where they ended, as themselves: own id, own definition, own folder. */
import { requireAccessOf, type Sending } from '../flow/prepare.ts';
import { rewriteDue } from '../flow/touched.ts';
import { PointferryError } from '../ground/errors.ts';
import { acceptThreshold, recordDecision } from '../ledger/decisions.ts';
import { holdRun } from '../ledger/hold-run.ts';
import { nextStep } from '../ledger/next-step.ts';
import { loadRun, type Run, resolveRun } from '../ledger/run.ts';
import { resumableRuns } from '../ledger/unfinished.ts';
import type { App } from './app.ts';
import { type Older, resumeOne } from './older-runs.ts';
import type { Started } from './runs.ts';
import { type Bounds, finishRun, isOver, usedLimit, withOwner } from './sending.ts';
import type { RunReport, Watching } from './watch.ts';

export interface ResumeRequest extends Bounds {
  /** Also runs that a threshold stopped; recorded. */
  readonly acceptThreshold?: boolean | undefined;
}

/** Runs that can be resumed, and those that were asked for and are finished. */
export interface Resumable {
  readonly runs: readonly { readonly run: string; readonly pipeline: string; readonly stage: string }[];
  readonly finished: readonly string[];
}

/**
 * The run of that word, or all that can be resumed by themselves. Throws CONFIG_USAGE for one that a threshold stopped,
 * unless that is accepted.
 */
export async function resumable(
  app: App,
  word: string | null,
  { acceptThreshold }: Pick<ResumeRequest, 'acceptThreshold'>,
): Promise<Resumable> {
  const db = await app.db();
  const runs: Run[] = [];
  const finished: string[] = [];
  for (const id of word === null ? await resumableRuns(db) : [await resolveRun(db, word)]) {
    const run = await loadRun(db, id);
    if (run.stage === 'done') finished.push(id);
    else {
      if (acceptThreshold !== true) requireNotStopped(run);
      runs.push(run);
    }
  }
  return { runs: runs.map(({ id: run, pipeline, stage }) => ({ run, pipeline, stage })), finished };
}

function requireNotStopped(run: Run): void {
  const { kind, resume } = nextStep({ ...run, held: run.owner !== null, dismissed: false, attention: 0 });
  if (kind !== 'accept') return;
  throw new PointferryError('CONFIG_USAGE', `${run.id} was stopped by a threshold: ${run.stopReason ?? ''}`, {
    hint: `look first: pointferry errors ${run.id} --group; then ${resume}`,
  });
}

export interface Resumed extends Pick<Started, 'runs' | 'older' | 'interrupted' | 'limit'> {
  /** Asked for, and finished before. */
  readonly finished: readonly string[];
}

/** Resumes one run, as itself: own id, own definition, own folder. */
export const resumeRun = (
  app: App,
  word: string,
  request: ResumeRequest,
  watching: Watching,
): Promise<Resumed> => resume(app, word, request, watching);

/** Resumes all that can be resumed by themselves, the oldest first. */
export const resumeAll = (app: App, request: ResumeRequest, watching: Watching): Promise<Resumed> =>
  resume(app, null, request, watching);

async function resume(
  app: App,
  word: string | null,
  request: ResumeRequest,
  watching: Watching,
): Promise<Resumed> {
  const { runs: chosen, finished } = await resumable(app, word, request);
  if (chosen.length === 0) return { runs: [], older: [], finished, interrupted: false, limit: null };
  return withOwner(app, 'resume', request, watching, async (sending) => {
    const runs: RunReport[] = [];
    const older: Older[] = [];
    const one = async (id: string): Promise<Older> => {
      const report = await resumeTyped(sending, watching, id, request.acceptThreshold === true);
      runs.push(report);
      return { run: id, exitCode: report.exitCode, resumed: true };
    };
    const isByItself = word === null && request.acceptThreshold !== true;
    for (const { run } of chosen) {
      if (isOver(sending)) break;
      older.push(isByItself ? await resumeOne(sending, watching.watch, run, runs) : await one(run));
    }
    const interrupted = watching.signal.aborted || older.length < chosen.length;
    await rewriteDue(sending);
    return { runs, older, finished, interrupted, limit: usedLimit(sending.allowed) };
  });
}

/** A run that somebody named: dismissed ones as well, and those that a threshold stopped. */
async function resumeTyped(
  sending: Sending,
  { watch }: Watching,
  id: string,
  accept: boolean,
): Promise<RunReport> {
  const { db, owner, actor } = sending;
  const run = await loadRun(db, id);
  await requireAccessOf(run, sending);
  const held = await holdRun(db, owner, id);
  if (run.dismissed) {
    await recordDecision(db, { actor, verb: 'resume', run: id, note: 'was given up' });
    watch({ type: 'reopened', run: id });
  }
  if (accept) await acceptThreshold(db, id, actor);
  return finishRun(sending, watch, held, { options: accept ? { acceptThreshold: true } : {} });
}
