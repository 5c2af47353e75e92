/** What ends a run early from outside of it: its deadline, and `pointferry stop`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, withClient } from '../db/pool.ts';
import { runOne } from '../db/sql.ts';
import { deadlineOf } from '../ground/clock.ts';
import type { Log } from '../ground/log.ts';
import type { Pipeline } from '../pipeline/types.ts';

/** A pipeline with a deadline stops cleanly when it comes (exit 4), and the next run sends the rest. */
export function atDeadline(pipeline: Pipeline, log: Log): { signal: AbortSignal; end: () => void } {
  const reached = new AbortController();
  const at = deadlineOf({ schedule: pipeline.schedule }, new Date());
  const timer =
    at &&
    setTimeout(() => {
      log('warn', 'the deadline is reached: the next run sends the rest');
      reached.abort();
    }, at.getTime() - Date.now());
  return { signal: reached.signal, end: () => clearTimeout(timer ?? undefined) };
}

/** `pointferry stop` from anywhere is seen within a second. */
export function watchForStop(
  db: Db,
  id: string,
  log: Log,
): { signal: AbortSignal; end: () => Promise<void> } {
  const asked = new AbortController();
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted && !asked.signal.aborted) {
      await sleep(700, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const { stop } = await withClient(db, (client) =>
        runOne(client, 'ledger/stop-requested', { id }),
      ).catch(
        () => ({ stop: false }), // the database is away: whoever uses it says so
      );
      if (!stop) continue;
      log('warn', 'asked to stop by `pointferry stop`', { run: id });
      asked.abort();
    }
  })();
  return {
    signal: asked.signal,
    end: async () => {
      over.abort();
      await watching;
    },
  };
}
