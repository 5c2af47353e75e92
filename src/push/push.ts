/**
 * The push: claim -> permit -> intent -> send -> settle, until nothing of its runs is left to do.
 *
 * One loop keeps three small stores filled: operations claimed (their lanes are ours), slots booked (moments at which
 * a request may leave), and requests armed (their intents are committed). At each slot an armed request leaves. What
 * came of it is settled in batches beside the loop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Db } from '../db/pool.ts';
import { run } from '../db/sql.ts';
import { LedgerBehind, ledgerWentBack } from '../ledger/position/guard.ts';
import type { Suspect } from '../ledger/sent.ts';
import { unsettled, watch } from './account-watch.ts';
import { settleBeside, unsentOf } from './answer/unanswered.ts';
import { giveBack, isPassing, outlast } from './database-trouble.ts';
import { blockMs, blockSize, bookPermits } from './pace/permits.ts';
import type { Ended, PushContext, PushResult } from './request.ts';
import { begin } from './start.ts';
import type { Push } from './state.ts';
import { claim, release } from './work/claim.ts';
import { dueDoubts, keyForgotten, takeOver, trustedMs } from './work/doubt.ts';
import { intend } from './work/intent.ts';
import { restAfter } from './work/lane-rest.ts';

/** Slots are booked so far ahead that a slow commit leaves no gap. */
const horizonMs = 300;
/** A full look at all lanes that found nothing is repeated after this, or when an answer was settled. */
const idleMs = 150;
/** Between looks at lanes that are all taken or wait for a retry. */
const onMs = 20;

/**
 * Sends what is ready in the runs held, settles doubts of the account's dead processes, and says how it ended.
 *
 * Throws DatabaseError or CommitUnknown when Postgres stays away, RUN_LOST when another process took over,
 * LEDGER_WENT_BACK when the ledger did, CONFIG_ORIGIN_CHANGED. Whatever it throws, nothing is lost: the next push goes on from the states of the rows.
 */
export async function pushRun(db: Db, context: PushContext): Promise<PushResult> {
  const push = await begin(db, context);
  context.holder.ledger.outlive(true);
  try {
    await loop(push);
    await landed(push);
  } catch (error) {
    push.fail(error);
    await landed(push).catch(() => undefined); // the first error tells why
  } finally {
    context.holder.ledger.outlive(false);
    await push.close();
  }
  if (push.error !== null) throw toldOf(push.error.cause);
  const { ended, reason } = push.end ?? { ended: 'drained', reason: null };
  return { ended, reason, counts: push.counts };
}

const toldOf = (cause: unknown): unknown =>
  cause instanceof LedgerBehind ? ledgerWentBack(cause.message) : cause;

async function loop(push: Push): Promise<void> {
  let troubles = 0;
  let troubledAt = 0;
  while (push.end === null && push.error === null) {
    try {
      if (troubles > 0) await recover(push);
      await turn(push);
      troubles = 0;
    } catch (error) {
      if (troubles === 0 || error instanceof LedgerBehind) troubledAt = performance.now();
      const leftMs = push.settings.databaseWithinMs - (performance.now() - troubledAt);
      if (!isPassing(error) || leftMs <= 0) throw error;
      troubles += 1;
      push.pacer.drop();
      await outlast(push.db, leftMs, troubles);
    }
  }
}

async function turn(push: Push): Promise<void> {
  await look(push);
  if (push.end !== null) return;
  await releaseParked(push);
  await fillDoubts(push);
  const looked = await fillWork(push);
  const booked = await bookAndArm(push);
  if (!booked && looked === 'nothing' && isIdle(push) && (await isDone(push))) return;
  if (!booked) await push.bell.wait(restMs(push, looked));
}

/**
 * The database was away in the middle of something: what was claimed or intended may be known to it and not to us.
 * Everything that left is waited for and settled, then all that is ours and not in store is given back.
 */
async function recover(push: Push): Promise<void> {
  for (const armed of push.armed.splice(0)) push.settler.add(unsentOf(armed));
  await push.flight.land(push.settings.requestDeadlineMs);
  await push.settler.drain();
  const kept = push.work.map((work) => work.operation);
  for (const id of push.inHand.keys()) if (!kept.includes(id)) push.inHand.delete(id);
  // what a ledger that went back calls under way was sent, settled, and forgotten
  const isBehind = await push.context.holder.ledger.ask();
  await giveBack(push.db, { ...push.scope, isBehind }, kept);
  if (isBehind) await outliveLedger(push);
}

/**
 * The ledger lost what was settled in its last seconds: all of it is sent again, under its old keys. What this process and
 * others had under way is waited for first, since the ledger does not know of it either.
 */
async function outliveLedger(push: Push): Promise<void> {
  await sleep(restAfter(push.settings.requestDeadlineMs), undefined, { signal: push.context.signal }).catch(
    () => undefined, // asked to stop: the next turn ends the push
  );
  const { ledger, sent } = push.context.holder;
  const suspects = sent.suspect();
  const seconds = await ledger.goOn((client) => settleSuspects(client, push, suspects));
  const words = `the ledger went back by about ${seconds} s: what was sent since is sent again under its old keys`;
  push.context.hooks?.progress?.({ event: 'warning', words });
}

/** What others want: pauses, stops, the breaker; and lanes of processes that died. */
async function look(push: Push): Promise<void> {
  if (push.context.signal?.aborted) push.finish('interrupted', 'asked to stop');
  const { lost, ledger } = push.context.holder;
  lost.throwIfAborted();
  const behind = ledger.behind();
  if (behind !== null) throw new LedgerBehind(behind);
  const now = performance.now();
  if (now < push.watchAt) return;
  push.watchAt = now + push.settings.watchMs;
  const end = await watch(push);
  if (end !== null) push.finish(end.ended, end.reason);
  if (now < push.takeOverAt) return;
  push.takeOverAt = now + 5 * push.settings.watchMs;
  const taken = await takeOver(push.db, push.scope, push.silence, push.settings.requestDeadlineMs);
  for (const { operation, restMs } of taken) push.context.holder.sent.rest(operation, restMs);
}

async function releaseParked(push: Push, now = performance.now()): Promise<void> {
  const hook = push.context.hooks?.releaseParked;
  if (!hook || now < push.parkedAt) return;
  push.parkedAt = now + push.settings.parkedEveryMs;
  for (const run of await hook()) push.runs.add(run);
}

/** Doubts go first: their lanes are taken until they are settled. Those that the retries' budget has no room for wait. */
async function fillDoubts(push: Push): Promise<void> {
  const now = performance.now();
  if (now < push.doubtsAt) return;
  push.doubtsAt = now + 200;
  const resent = [...push.inHand].filter(([, work]) => work.doubtful).map(([id]) => id);
  const busy = [...resent, ...push.context.holder.sent.resting()];
  const steps = await dueDoubts(push.db, push.scope, push.settings, busy, push.target);
  for (const step of steps) {
    const retries = step.step === 'resend' && step.work.budgeted ? 1 : 0;
    if (retries > push.budget.left(now)) continue;
    push.budget.spend(retries);
    push.inHand.set(step.work.operation, step.work);
    // it left before this command: neither --limit nor --only holds it back, and it counts
    if (step.step === 'resend') push.begun?.add(step.work.operation);
    if (step.step === 'resend') push.work.unshift(step.work);
    else push.settler.add(settleBeside(push, step));
  }
}

/** Those that may not be sent again are unknown from now on: this process may die before it comes to them. */
async function settleSuspects(
  client: Client,
  { scope, settings }: Push,
  suspects: readonly Suspect[],
): Promise<void> {
  const from = performance.now() - trustedMs(scope.keyRetentionMs, settings.requestDeadlineMs);
  const forgotten = suspects.filter(({ first }) => first < from);
  if (forgotten.length === 0) return;
  const { account, by } = scope;
  const { reason } = keyForgotten;
  await run(client, 'push/settle-suspects', { account, by, reason, suspects: JSON.stringify(forgotten) });
}

function suspectUntil(push: Push, operation: number, key: string): number | null {
  const since = push.context.holder.sent.suspectSince(operation, key);
  return since === null
    ? null
    : since + trustedMs(push.scope.keyRetentionMs, push.settings.requestDeadlineMs);
}

/** `on`: nothing here, but the round over the lanes is not over. `nothing`: a whole round found nothing. */
type Looked = 'something' | 'on' | 'nothing' | 'full';

/** Claims until the store is full. */
async function fillWork(push: Push): Promise<Looked> {
  const wanted = Math.min(push.target - push.work.length, push.mayBegin());
  if (wanted < push.target / 2 && push.work.length > 0) return 'full';
  if (wanted < 1 && push.among() === null) return 'full';
  const retries = push.budget.left(performance.now());
  const scope = {
    ...push.scope,
    runs: [...push.runs],
    only: push.only,
    among: push.among(),
    retries,
    suspectUntil: (operation: number, key: string) => suspectUntil(push, operation, key),
    busy: new Set([...push.inHand.keys(), ...push.context.holder.sent.resting()]),
  };
  if (push.cursor === null) push.found = false;
  const claimed = await claim(push.db, scope, push.cursor, Math.max(1, wanted));
  push.cursor = claimed.cursor;
  push.budget.spend(claimed.work.filter((work) => work.budgeted).length);
  push.counts.unchanged += claimed.unchanged;
  push.counts.superseded += claimed.superseded;
  if (claimed.unchanged + claimed.superseded > 0) push.progress();
  for (const work of claimed.work) {
    push.inHand.set(work.operation, work);
    push.begun?.add(work.operation);
    push.work.push(work);
  }
  const found = claimed.work.length + claimed.unchanged + claimed.superseded > 0;
  push.found ||= found;
  if (found) return 'something';
  return push.found || push.cursor !== null ? 'on' : 'nothing';
}

/** Books the next block and commits the intents for it. False: there was nothing to book for, or no permit to be had. */
async function bookAndArm(push: Push): Promise<boolean> {
  const wanted = permitsWanted(push);
  if (wanted < 1 || performance.now() < push.bookAt) return false;
  if (!(await hasToken(push))) return false;
  const booking = await bookPermits(push.db, {
    account: push.scope.account,
    token: push.scope.token,
    origin: push.origin,
    limits: push.limits,
    wanted,
    last: push.booked,
    jitterMs: push.window.jitterMs(performance.now()),
    probeWithinMs: push.settings.requestDeadlineMs + 2_000,
    lifting: push.lifting,
  });
  if (booking.block === null) {
    push.bookAt = performance.now() + Math.min(booking.waitMs, push.settings.watchMs);
    push.waiting(booking.why === 'stopped' ? 'paused' : booking.why, booking.words);
    if (booking.why !== 'window') await standDown(push);
    return false;
  }
  push.waiting(null, '');
  push.booked = booking.last;
  push.probing = booking.block.probe;
  push.counts.booked += booking.block.permits;
  push.pacer.add(booking.block, { nowMs: booking.nowMs, answeredAt: performance.now() });
  await arm(push, push.pacer.ahead() - push.armed.length);
  return true;
}

function permitsWanted(push: Push): number {
  const ahead = push.pacer.ahead();
  const need = push.work.length + push.armed.length - ahead;
  if (need < 1 || push.pacer.aheadMs() > horizonMs) return 0;
  const inFlight = push.flight.inFlight();
  // one request finds out whether the credentials are mended, or the platform is well again
  if (push.lifting !== null || push.probing) {
    if (ahead + inFlight + push.settler.waiting() > 0) return 0;
    push.probing = false;
    return 1;
  }
  const turns = 1 + (horizonMs + blockMs) / Math.max(1, push.flight.typicalMs());
  const room = Math.floor(push.maxInFlight * turns) - inFlight - ahead;
  return Math.min(need, room, blockSize(push.limits.pace, 0));
}

async function hasToken(push: Push): Promise<boolean> {
  const token = await push.tokens.current();
  if (token.token !== undefined) return true;
  if (token.refused) push.finish('credentials', token.reason);
  push.bookAt = performance.now() + push.settings.backoffFirstMs;
  push.waiting('breaker', token.reason);
  return false;
}

async function arm(push: Push, most: number): Promise<void> {
  const now = performance.now();
  const next = push.work.splice(0, Math.max(0, most));
  // a pause may have lasted since it was decided that they may be sent again
  const late = next.filter(({ sendBy }) => sendBy < now);
  for (const work of late) push.settler.add(settleBeside(push, { step: 'give_up', work, ...keyForgotten }));
  const work = next.filter(({ sendBy }) => sendBy >= now);
  if (work.length === 0) return;
  const { armed, fenced, unbuilt } = await intend(push.db, push.sending, work);
  for (const each of fenced) push.inHand.delete(each.operation);
  for (const { work: each, reason } of unbuilt) push.settler.add(settleBeside(push, { work: each, reason }));
  push.armed.push(...armed);
}

/** Nothing may leave for a while: what was armed is not sent after all, so that a death meanwhile leaves no doubt. */
async function standDown(push: Push): Promise<void> {
  push.pacer.drop();
  for (const armed of push.armed.splice(0)) push.settler.add(unsentOf(armed));
  await push.settler.drain();
}

const isIdle = (push: Push): boolean =>
  push.work.length + push.armed.length + push.flight.inFlight() + push.settler.waiting() === 0;

/** True: nothing is left that this push could do, now or later. */
async function isDone(push: Push): Promise<boolean> {
  await releaseParked(push, Number.POSITIVE_INFINITY);
  const left = await unsettled(push);
  if (left.unsettled) {
    push.waiting('lanes', 'the rest waits for a retry, or for a member that is in flight elsewhere');
    return false;
  }
  push.finish(left.pending ? 'limit' : 'drained', left.pending ? 'the rest was not asked for' : null);
  return true;
}

function restMs(push: Push, looked: Looked): number {
  if (looked === 'something' && push.work.length < push.target && push.mayBegin() > 0) return 0;
  if (looked === 'on') return onMs;
  if (isIdle(push)) return idleMs;
  const untilBooking = push.pacer.aheadMs() - horizonMs;
  return Math.min(idleMs, Math.max(5, untilBooking, push.bookAt - performance.now()));
}

/** Nothing new leaves; what is in flight is waited for, settled, and everything else is given back. */
async function landed(push: Push): Promise<void> {
  push.pacer.drop();
  const unsent = push.armed.splice(0);
  for (const armed of unsent) push.settler.add(unsentOf(armed));
  const quick: readonly (Ended | undefined)[] = ['interrupted'];
  const within = quick.includes(push.end?.ended)
    ? push.settings.stopWithinMs
    : push.settings.requestDeadlineMs;
  await push.flight.land(within);
  await push.settler.drain();
  await release(push.db, push.scope.token, push.work.splice(0)); // those in doubt keep their lanes
}
