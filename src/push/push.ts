/**
 * The push: claim -> permit -> intent -> send -> settle, until nothing of its runs is left to do.
 *
 * One loop keeps three small stores filled: operations claimed (their lanes are ours), slots booked (moments at which
 * a request may leave), and requests armed (their intents are committed). At each slot an armed request leaves. What
 * came of it is settled in batches beside the loop.
 */
import type { Db } from '../db/pool.ts';
import { LedgerBehind, ledgerWentBack } from '../ledger/position/guard.ts';
import { unsettled, watch } from './account-watch.ts';
import { isPassing, outlast } from './database-trouble.ts';
import { landAll } from './land.ts';
import { bookAndArm, horizonMs, leaveToOthers } from './pace/book.ts';
import { recover } from './recover.ts';
import type { PushRequest } from './request.ts';
import type { PushResult } from './result.ts';
import { type Push, startPush } from './start.ts';
import { takeOver } from './work/doubt.ts';
import { fillDoubts, fillWork, type Looked } from './work/fill.ts';

/** Pause after a round over all lanes that found nothing, unless an answer is settled before. */
const idleMs = 150;
/** Pause between polls while every lane is busy or waits for a retry. */
const onMs = 20;

/**
 * Sends what is ready in the runs held, settles doubts of the account's dead processes, and says how it ended.
 *
 * Throws DatabaseError or CommitUnknown when Postgres stays away, RUN_LOST when another process took over,
 * LEDGER_WENT_BACK when the ledger did, CONFIG_ORIGIN_CHANGED. Whatever it throws, nothing is lost: the next push
 * continues from the states of the operations.
 */
export async function pushRun(db: Db, request: PushRequest): Promise<PushResult> {
  const push = await startPush(db, request);
  const { ledger } = request.holder;
  ledger.outlive(true);
  try {
    await loop(push);
    await landAll(push);
  } catch (error) {
    push.ending.fail(error);
    await landAll(push).catch(() => undefined); // the first error tells why
  } finally {
    ledger.outlive(false);
    await push.close();
  }
  const error = push.ending.error();
  if (error !== null)
    throw error.cause instanceof LedgerBehind ? ledgerWentBack(error.cause.message) : error.cause;
  const { ended, reason } = push.ending.end() ?? { ended: 'drained', reason: null };
  return { ended, reason, counts: push.counts };
}

async function loop(push: Push): Promise<void> {
  let troubles = 0;
  let troubledAt = 0;
  while (!push.ending.isOver()) {
    try {
      if (troubles > 0) await recover(push);
      await turn(push);
      troubles = 0;
    } catch (error) {
      if (troubles === 0 || error instanceof LedgerBehind) troubledAt = performance.now();
      const leftMs = push.settings.databaseWithinMs - (performance.now() - troubledAt);
      if (!isPassing(error) || leftMs <= 0) throw error;
      troubles += 1;
      push.pace.pacer.drop();
      await outlast(push.db, leftMs, troubles);
    }
  }
}

async function turn(push: Push): Promise<void> {
  await look(push);
  if (push.ending.end() !== null) return;
  if (push.isDue.parked()) await releaseParked(push);
  if (push.isDue.doubts()) await fillDoubts(push);
  const looked = await fillWork(push);
  if (await bookAndArm(push)) return;
  if (looked === 'nothing' && isIdle(push)) {
    if (await isDone(push)) return;
    await leaveToOthers(push);
  }
  await push.wakeUp.wait(restMs(push, looked));
}

/** What others want: pauses, stops, the breaker; and lanes of processes that died. */
async function look(push: Push): Promise<void> {
  const { signal, holder } = push.request;
  if (signal?.aborted) push.ending.finish('interrupted', 'asked to stop');
  holder.lost.throwIfAborted();
  const behind = holder.ledger.behind();
  if (behind !== null) throw new LedgerBehind(behind);
  if (!push.isDue.watch()) return;
  const end = await watch(push);
  if (end !== null) push.ending.finish(end.ended, end.reason);
  if (!push.isDue.takeOver()) return;
  const taken = await takeOver(push.db, push.scope, push.silence, push.settings.requestDeadlineMs);
  for (const { operation, restMs } of taken) holder.sent.rest(operation, restMs);
}

async function releaseParked({ request, hand }: Push): Promise<void> {
  for (const run of (await request.hooks?.releaseParked?.()) ?? []) hand.runs.add(run);
}

const isIdle = ({ hand, pace, answers }: Push): boolean =>
  hand.work.length + pace.inFlight.waiting() + pace.inFlight.count() + answers.settler.waiting() === 0;

/** True: nothing is left that this push could do, now or later. */
async function isDone(push: Push): Promise<boolean> {
  await releaseParked(push);
  const left = await unsettled(push);
  if (left.unsettled) {
    push.progress.waiting('lanes', 'the rest waits for a retry, or for a member that is in flight elsewhere');
    return false;
  }
  push.ending.finish(left.pending ? 'limit' : 'drained', left.pending ? 'the rest was not asked for' : null);
  return true;
}

/** Until the next turn. */
function restMs(push: Push, looked: Looked): number {
  const { hand, pace, allowance } = push;
  if (looked === 'something' && hand.work.length < hand.target && allowance.left() > 0) return 0;
  if (looked === 'on') return onMs;
  if (isIdle(push)) return idleMs;
  const untilBooking = pace.pacer.aheadMs() - horizonMs;
  return Math.min(idleMs, Math.max(5, untilBooking, pace.booking.notBefore - performance.now()));
}
