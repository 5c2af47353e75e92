/**
 * The way of the data: read -> stage -> normalize -> push -> report. Steps meet in Postgres; each can be begun again,
 * so resuming a run is starting at the step that it stands in.
 */

import { machineFailure, PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { addSeconds, setStage } from '../ledger/end-run.ts';
import type { Stage } from '../ledger/run.ts';
import type { Outcome } from '../read/files.ts';
import { type Finished, finish } from './finish.ts';
import type { Halt, Journey } from './journey.ts';
import { normalize } from './normalize.ts';
import { push } from './push.ts';
import { filesOf, take } from './take.ts';

interface Step {
  readonly stage: Extract<Stage, 'read' | 'normalize' | 'push'>;
  readonly go: (journey: Journey, files: AsyncIterable<Outcome>) => Promise<Halt | null>;
}

export const way: readonly Step[] = [
  { stage: 'read', go: take }, // reads and stages, file by file
  { stage: 'normalize', go: normalize },
  { stage: 'push', go: push },
];

/** The rows of a rerun were read by others. */
const wayOfRerun = way.filter((step) => step.stage !== 'read');

/**
 * Takes a held run from where it stands to its end: books, files, and given back. `files`: already being listed.
 * Throws what leaves the run as it is (the database stays away, another process took over): the next start goes on.
 */
export async function travel(journey: Journey, files?: AsyncIterable<Outcome>): Promise<Finished> {
  const steps = journey.run.mode === 'rerun' ? wayOfRerun : way;
  const from = steps.findIndex((step) => step.stage === journey.run.stage);
  for (const step of steps.slice(Math.max(0, from))) {
    await setStage(journey.db, journey.owner, journey.run.id, step.stage);
    const halt = await timed(journey, step, files ?? filesOf(journey));
    // a step that was told to stop may take it for a person's wish: what is lost is not ours to end
    journey.owner.lost.throwIfAborted();
    if (halt) return finish(journey, halt);
  }
  return finish(journey, null);
}

async function timed(journey: Journey, step: Step, files: AsyncIterable<Outcome>): Promise<Halt | null> {
  const begun = performance.now();
  try {
    return await step.go(journey, files);
  } catch (error) {
    return haltOf(await journey.owner.ledger.explain(error), journey);
  } finally {
    const seconds = (performance.now() - begun) / 1000;
    await addSeconds(journey.db, journey.run.id, step.stage === 'read' ? 'stage' : step.stage, seconds);
  }
}

/** What a thrown error means for the run. A bug of ours ends it with 70: it is told, and nothing further is sent. */
function haltOf(thrown: unknown, { signal, owner, log, run }: Journey): Halt {
  const error = machineFailure(thrown) ?? thrown;
  if (owner.lost.aborted) throw owner.lost.reason;
  if (signal.aborted) return { exitCode: exit.interrupted, code: 'INTERRUPTED', reason: 'asked to stop' };
  if (error instanceof PointferryError) {
    if (error.code === 'RUN_LOST' || error.code === 'LEDGER_WENT_BACK') throw error;
    log('error', error.message, { run: run.id, code: error.code });
    return { exitCode: error.exitCode, code: error.code, reason: error.message };
  }
  log('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { exitCode: exit.bug, code: 'BUG', reason: error instanceof Error ? error.message : String(error) };
}
