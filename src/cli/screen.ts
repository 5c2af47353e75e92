/** A run's display: live on a terminal, a line now and then elsewhere; on stderr, so that stdout stays the result. */

import type { Progress } from '../flow/progress.ts';
import { deadlineOf } from '../ground/clock.ts';
import type { RunRecord } from '../ledger/runs.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Context } from './command.ts';
import { startLive } from './live.ts';

export interface Display {
  readonly watch: (event: Progress) => void;
  readonly end: () => void;
}

export function watcher(context: Context, run: RunRecord): Display {
  const pipeline = run.definition as Pipeline;
  const account = run.accountDefinition as { stage?: string };
  const live = startLive(
    {
      pipeline: run.pipeline,
      run: run.id,
      account: run.account,
      production: account.stage === 'production',
      zone: pipeline.schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      startedAt: new Date(),
      deadline: deadlineOf({ schedule: pipeline.schedule }, new Date()),
    },
    {
      write: (text) => void process.stderr.write(text),
      terminal: context.terminal && process.stderr.isTTY === true,
      width: context.width,
      color: !context.env.NO_COLOR,
    },
  );
  let over = false;
  return {
    watch: live.update,
    end: () => {
      if (!over) live.finish();
      over = true;
    },
  };
}
