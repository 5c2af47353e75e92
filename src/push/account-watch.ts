/** What Postgres says about a push: what people and other processes want of it, and what is left to do. */
import type { Db } from '../db/pool.ts';
import { runOne } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import type { Pace } from './pace/pace.ts';
import type { PushRequest } from './request.ts';
import type { Ended } from './result.ts';
import type { Allowance } from './send-limit.ts';
import type { PushSettings } from './settings.ts';
import type { DoubtScope } from './work/doubt.ts';
import type { Hand } from './work/hand.ts';

interface WatchRow {
  readonly paused: boolean;
  readonly stoppedAt: number | null;
  readonly stopReason: string | null;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly breakerMs: number | null;
  readonly stopRequested: boolean;
}

export function readWatch(db: Db, account: string, runs: ReadonlySet<string>): Promise<WatchRow> {
  return reading(db, (client) => runOne(client, 'push/watch', { account, runs: [...runs] }));
}

/** Of a push, what is needed to watch its account. */
export interface Watched {
  readonly db: Db;
  readonly scope: Pick<DoubtScope, 'account'>;
  readonly hand: Pick<Hand, 'runs'>;
  readonly pace: Pick<Pace, 'booking' | 'pacer'>;
  readonly startedAt: number;
  readonly settings: PushSettings;
}

/** Obeys a pause by dropping the slots booked; says when the push is to end. */
export async function watch(push: Watched): Promise<{ ended: Ended; reason: string } | null> {
  const { booking, pacer } = push.pace;
  const { lifting } = booking; // as it is now: an answer may lift the stop while it is looked for
  const row = await readWatch(push.db, push.scope.account, push.hand.runs);
  if (row.stopRequested) return { ended: 'interrupted', reason: 'asked to stop' };
  if (row.stoppedAt !== null && row.stoppedAt !== lifting) {
    return { ended: 'credentials', reason: row.stopReason ?? 'stopped' };
  }
  if (row.paused) pacer.drop();
  if (row.breaker === 'closed') return null;
  if (row.breaker === 'open') pacer.drop();
  // a breaker that an earlier run left open says nothing of how long this one has tried
  const openMs = Math.min(row.breakerMs ?? 0, performance.now() - push.startedAt);
  if (openMs < push.settings.downAfterMs) return null;
  return { ended: 'platform_down', reason: `the platform kept failing for ${Math.round(openMs / 1000)} s` };
}

/** `unsettled`: something this push could still do. `pending`: something of its runs is left, asked for or not. */
export async function unsettled(push: {
  readonly db: Db;
  readonly scope: Pick<DoubtScope, 'account' | 'token'>;
  readonly hand: Pick<Hand, 'runs'>;
  readonly request: Pick<PushRequest, 'only'>;
  readonly allowance: Allowance;
}): Promise<{ unsettled: boolean; pending: boolean }> {
  const { account, token } = push.scope;
  return reading(push.db, (client) =>
    runOne(client, 'push/unsettled', {
      account,
      token,
      runs: [...push.hand.runs],
      only: push.request.only ?? null,
      among: push.allowance.among(),
    }),
  );
}
