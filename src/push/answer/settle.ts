/**
 * Settles answers in batches, each row its own outcome, by operation and fencing token. What the answers say of the
 * platform (pause, stop, breaker) is kept in the same transaction.
 */
import { failpoint } from '../../db/failpoint.ts';
import type { Client, Db } from '../../db/pool.ts';
import { jsonRows, run, runMaybe } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { WatchedLedger } from '../../ledger/position/watch.ts';
import type { Settlement } from './settlement.ts';

/** One settlement, and what its answer says of the platform. */
export interface Settled {
  readonly settlement: Settlement;
  /** Null where nothing can be told. */
  readonly bad: boolean | null;
  /** It was the breaker's probe. */
  readonly probe: boolean;
  readonly pauseMs: number | null;
  /** Credentials refused: why. */
  readonly stop: string | null;
  /** A definite answer of the platform: the credentials work. */
  readonly works: boolean;
}

export interface SettleScope {
  readonly account: string;
  readonly token: number;
  readonly ledger: Pick<WatchedLedger, 'count'>;
  readonly probeAfterMs: number;
  /** The stop that this push may lift. */
  readonly lifting: number | null;
}

export interface SettleResult {
  /** Operations that were still ours. The others were taken over: their answers are in late_answer. */
  readonly settled: ReadonlySet<number>;
  readonly breakerOpened: boolean;
  readonly lifted: boolean;
}

/** In one transaction, which may run again: a lost COMMIT is asked after. */
export async function settle(db: Db, scope: SettleScope, batch: readonly Settled[]): Promise<SettleResult> {
  const { result, counted } = await inTransaction(
    db,
    async (client) => {
      const settled = await settleBatch(client, scope, batch);
      // an answer counts of a ledger that went back as well: it is noticed here, and heeded before the next send
      const commit = await scope.ledger.count(client);
      failpoint('push/before-settle-commit');
      return { result: settled, counted: commit };
    },
    { lostCommit: 'settle' },
  );
  await counted.done();
  failpoint('push/after-settle');
  return result;
}

async function settleBatch(
  client: Client,
  scope: SettleScope,
  batch: readonly Settled[],
): Promise<SettleResult> {
  const settlements = batch.map((each) => each.settlement);
  const rows = await run(client, 'push/settle', {
    settlements: jsonRows(settlements),
    token: scope.token,
  });
  const settled = new Set(rows.map((row) => row.operation));
  const late = settlements.filter((each) => !settled.has(each.operation) && each.attempt !== null);
  if (late.length > 0) {
    await run(client, 'push/late-answers', { answers: jsonRows(late), token: scope.token });
  }
  const platform = await recordPlatformHealth(client, scope, batch);
  return { settled, ...platform };
}

async function recordPlatformHealth(
  client: Client,
  scope: SettleScope,
  batch: readonly Settled[],
): Promise<{ breakerOpened: boolean; lifted: boolean }> {
  const { account, token } = scope;
  const pauses = batch.flatMap((each) => (each.pauseMs === null ? [] : [each.pauseMs]));
  if (pauses.length > 0) {
    const reason = 'the platform asked for a pause (429)';
    await run(client, 'push/pause', { account, waitMs: Math.max(...pauses), reason });
  }
  const stop = batch.find((each) => each.stop !== null)?.stop ?? null;
  if (stop !== null) await run(client, 'push/stop-account', { account, reason: stop });
  const lifts = stop === null && scope.lifting !== null && batch.some((each) => each.works);
  if (lifts) await run(client, 'push/lift-stop', { account, seen: scope.lifting });
  const probe = batch.find((each) => each.probe);
  if (probe) {
    const well = probe.bad === false;
    await run(client, 'push/probed', { account, token, well, probeAfterMs: scope.probeAfterMs });
  }
  const bad = batch.flatMap((each) => (each.bad === null || each.probe ? [] : [each.bad]));
  if (bad.length === 0) return { breakerOpened: false, lifted: lifts };
  await run(client, 'push/record-answers', { account, bad });
  const tripped = bad.includes(true)
    ? await runMaybe(client, 'push/trip-breaker', { account, probeAfterMs: scope.probeAfterMs })
    : undefined;
  return { breakerOpened: tripped !== undefined, lifted: lifts };
}
