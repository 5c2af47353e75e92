/** What stands in Postgres about this push: wishes of people and other processes, and what is left to do. */
import { runOne } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import type { Ended } from './request.ts';
import type { Push } from './state.ts';

export interface WatchRow {
  readonly paused: boolean;
  readonly stoppedAt: number | null;
  readonly stopReason: string | null;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly breakerMs: number | null;
  readonly stopRequested: boolean;
}

export async function readWatch(push: Pick<Push, 'db' | 'scope' | 'runs'>): Promise<WatchRow> {
  const { account } = push.scope;
  return reading(push.db, (client) =>
    runOne<WatchRow>(client, 'push/watch', { account, runs: [...push.runs] }),
  );
}

/** Obeys a pause by dropping the slots booked; says when the push is to end. */
export async function watch(push: Push): Promise<{ ended: Ended; reason: string } | null> {
  const { lifting } = push; // as it is now: an answer may lift the stop while it is looked for
  const row = await readWatch(push);
  if (row.stopRequested) return { ended: 'interrupted', reason: 'asked to stop' };
  if (row.stoppedAt !== null && row.stoppedAt !== lifting) {
    return { ended: 'credentials', reason: row.stopReason ?? 'stopped' };
  }
  if (row.paused) push.pacer.drop();
  if (row.breaker === 'closed') return null;
  if (row.breaker === 'open') push.pacer.drop();
  // a breaker that an earlier run left open says nothing of how long this one has tried
  const openMs = Math.min(row.breakerMs ?? 0, performance.now() - push.startedAt);
  if (openMs < push.settings.downAfterMs) return null;
  return { ended: 'platform_down', reason: `the platform kept failing for ${Math.round(openMs / 1000)} s` };
}

/** `unsettled`: something this push could still do. `pending`: something of its runs is left, asked for or not. */
export async function unsettled(push: Push): Promise<{ unsettled: boolean; pending: boolean }> {
  const { account, token } = push.scope;
  return reading(push.db, (client) =>
    runOne<{ unsettled: boolean; pending: boolean }>(client, 'push/unsettled', {
      account,
      token,
      runs: [...push.runs],
      only: push.only,
      among: push.among(),
    }),
  );
}
