/** The second step: everything staged becomes operations in the ledger, unless the intake threshold stops it. */

import { exit } from '../ground/exit.ts';
import { exceeds } from '../ground/threshold.ts';
import { rowsOfRerun } from '../normalize/rows-of-rerun.ts';
import { rowsOfRun } from '../normalize/rows-of-run.ts';
import { normalizeRun } from '../normalize/run.ts';
import type { Halt, Journey } from './journey.ts';
import { bindingOf } from './rebind.ts';

/** Thrown out of normalize's own transaction: nothing has entered the ledger. */
class IntakeStop extends Error {}

export async function normalize(journey: Journey): Promise<Halt | null> {
  const { pipeline, run, kind, options } = journey;
  const isRerun = run.mode === 'rerun';
  const takeUncertain = options.takeUncertain ?? false;
  const rows = isRerun
    ? rowsOfRerun({ run: run.id, takeUncertain, bind: bindingOf(pipeline, kind) })
    : rowsOfRun(run.id);
  // rows of a rerun were chosen knowing that they had been rejected
  const intake = isRerun ? undefined : pipeline.thresholds?.intake;
  try {
    await normalizeRun(
      journey.db,
      run,
      { kind, rows },
      {
        signal: journey.signal,
        progress: () => journey.watch({ stage: 'normalize' }),
        beforeLedger: async ({ read, rejected, operations }) => {
          journey.watch({ stage: 'normalize', operations: { made: operations, rejectedRows: rejected } });
          if (intake?.warn !== undefined && exceeds(rejected, read, intake.warn))
            journey.log(
              'warn',
              `${rejected} of ${read} rows are rejected: more than the intake threshold warns of`,
            );
          if (options.acceptThreshold) return;
          if (intake?.stop !== undefined && exceeds(rejected, read, intake.stop))
            throw new IntakeStop(
              `${rejected} of ${read} rows are rejected, the pipeline stops at ${intake.stop}`,
            );
        },
      },
    );
    return null;
  } catch (error) {
    if (error instanceof IntakeStop)
      return { exitCode: exit.threshold, code: 'THRESHOLD_INTAKE', reason: error.message };
    throw error;
  }
}
