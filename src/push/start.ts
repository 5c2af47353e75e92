/** Puts a push together: its parts, and how they tell each other. */
import type { Db } from '../db/pool.ts';
import type { Limits } from '../destinations/limits.ts';
import { createSilence } from '../ledger/silence.ts';
import { readWatch } from './account-watch.ts';
import { createFlight, type Flight } from './answer/attempt.ts';
import { createSettler } from './answer/batches.ts';
import { backoffFarMs } from './answer/retry.ts';
import type { Settled, SettleResult } from './answer/settle.ts';
import { createTokens } from './answer/token.ts';
import { patiently } from './database-trouble.ts';
import { originOf } from './origin.ts';
import { createPacer, type PacerHooks } from './pace/pacer.ts';
import { blockMs, slotMs } from './pace/permits.ts';
import { createBudget } from './pace/retry-budget.ts';
import { createWindow } from './pace/window.ts';
import {
  defaultSettings,
  type PushContext,
  type PushCounts,
  type PushEvent,
  type SendLimit,
} from './request.ts';
import type { Push } from './state.ts';
import { createBell } from './wake-up.ts';

export async function begin(db: Db, context: PushContext): Promise<Push> {
  const settings = { ...defaultSettings, ...context.settings };
  const { account, holder, kinds, limits } = context;
  const { maxInFlight } = limits;
  const by = context.runs[0] ?? '';
  const scope = {
    account: account.name,
    token: holder.token,
    kinds,
    by,
    keyRetentionMs: context.keyRetentionMs,
    retryPatienceMs: settings.retryPatienceMs,
    backoffFarMs: backoffFarMs(settings),
  };
  const runs = new Set(context.runs);
  const seen = await patiently(db, settings.databaseWithinMs, () => readWatch({ db, scope, runs }));
  const closing = new AbortController();
  const { requestDeadlineMs: deadlineMs, answerMostBytes } = settings;
  const sending = {
    account,
    token: holder.token,
    by,
    asIs: context.asIs ?? [],
    deadlineMs,
    ledger: holder.ledger,
  };
  // undici takes 60 of the 450 ms of a start: a run that finds nothing to send is spared them
  const { createSender } = await import('./answer/send.ts');
  const sender = createSender({ maxInFlight, deadlineMs, answerMostBytes, env: process.env });
  const tokens = createTokens(account, context.platform, sender, closing.signal);
  const emit = (event: PushEvent): void => context.hooks?.progress?.(event);
  const counts = noCounts();
  const bell = createBell();
  const settler = createSettler(
    db,
    () => ({
      account: account.name,
      token: holder.token,
      ledger: holder.ledger,
      probeAfterMs: settings.probeAfterMs,
      lifting: push.lifting,
    }),
    (batch, result) => onSettled(push, batch, result),
    (error) => push.fail(error),
    settings.databaseWithinMs,
  );
  const flight = createFlight({
    sending,
    holder,
    maxInFlight,
    settings,
    sender,
    tokens,
    counts,
    settle: settler.add,
    fatal: (ended, reason) => push.finish(ended, reason),
    warn: (words) => emit({ event: 'warning', words }),
    fail: (error) => push.fail(error),
  });
  const push: Push = {
    db,
    context,
    settings,
    scope,
    sending,
    origin: originOf(account.baseUrl),
    limits,
    maxInFlight,
    only: context.only ?? null,
    startedAt: performance.now(),
    runs,
    counts,
    bell,
    pacer: createPacer(limits.pace, {
      onSlot: (slot) => use(push, slot),
      onLost: (slots) => lose(push, slots),
    }),
    flight,
    window: createWindow(limits.pace.limit, limits.pace.perMs),
    budget: createBudget(limits.pace),
    settler,
    tokens,
    target: targetOf(limits, maxInFlight),
    work: [],
    armed: [],
    inHand: new Map(),
    silence: createSilence(),
    ...limitOf(context.limit),
    ...voiceOf(emit, counts, flight),
    finish(ended, reason) {
      push.end ??= { ended, reason };
      bell.ring();
    },
    fail(cause) {
      push.error ??= { cause };
      bell.ring();
    },
    async close() {
      closing.abort();
      context.signal?.removeEventListener('abort', bell.ring);
      await push.pacer.close();
      await sender.close();
    },
    cursor: null,
    found: false,
    booked: null,
    probing: false,
    lifting: seen.stoppedAt,
    bookAt: 0,
    watchAt: 0,
    takeOverAt: 0,
    doubtsAt: 0,
    parkedAt: 0,
    end: null,
    error: null,
  };
  context.signal?.addEventListener('abort', bell.ring);
  return push;
}

const noCounts = (): PushCounts => ({
  delivered: 0,
  failed: 0,
  unknown: 0,
  unchanged: 0,
  superseded: 0,
  sent: 0,
  retried: 0,
  throttled: 0,
  doubts: 0,
  late: 0,
  booked: 0,
  lost: 0,
});

/** Three blocks' worth: the one being sent, the one being armed, and one to take from. */
function targetOf(limits: Limits, maxInFlight: number): number {
  const block = Math.ceil(blockMs / slotMs(limits.pace, 0));
  return Math.min(1_000, Math.max(3 * block, 2 * maxInFlight, 4));
}

function limitOf(limit: SendLimit | undefined): Pick<Push, 'begun' | 'mayBegin' | 'among'> {
  if (limit === undefined) {
    return { begun: null, mayBegin: () => Number.POSITIVE_INFINITY, among: () => null };
  }
  const { most, begun } = limit;
  return {
    begun,
    mayBegin: () => most - begun.size,
    among: () => (begun.size >= most ? [...begun] : null),
  };
}

/** Says each reason for waiting once, not at every turn. */
function voiceOf(
  emit: (event: PushEvent) => void,
  counts: PushCounts,
  { inFlight, latency }: Flight,
): Pick<Push, 'progress' | 'waiting'> {
  let waitsFor = '';
  return {
    progress: () => emit({ event: 'settled', counts, inFlight: inFlight(), latency: latency() }),
    waiting(reason, words) {
      if (waitsFor === `${reason}${words}`) return;
      waitsFor = `${reason}${words}`;
      if (reason !== null) emit({ event: 'waiting', reason, words });
    },
  };
}

/** A slot that finds nothing armed, or no room, is offered again after this. */
const unusedMs = 2;

/** A slot's moment has come: the next armed request leaves, if there is one and room for it. */
function use(push: Push, { probe }: Parameters<PacerHooks['onSlot']>[0]): number {
  const armed = push.armed[0];
  if (
    push.end !== null ||
    push.error !== null ||
    armed === undefined ||
    !push.flight.hasRoom() ||
    !push.flight.mayLeave()
  )
    return unusedMs;
  const now = performance.now();
  const full = push.window.waitMs(now);
  if (full > 0) return full;
  push.armed.shift();
  if (armed.attempts + armed.resends === 0) push.budget.earn(now);
  push.flight.launch(armed, probe, push.window.sent(now));
  push.bell.ring();
  return 0;
}

function lose(push: Push, slots: number): void {
  push.counts.lost += slots;
  push.bell.ring();
}

async function onSettled(push: Push, batch: readonly Settled[], result: SettleResult): Promise<void> {
  const { counts } = push;
  for (const { settlement } of batch) {
    push.inHand.delete(settlement.operation);
    if (!result.settled.has(settlement.operation)) counts.late += 1;
    else if (settlement.state === 'in_doubt') counts.doubts += settlement.outcome === 'doubt' ? 1 : 0;
    else if (settlement.state !== 'ready') counts[settlement.state] += 1;
    if (settlement.outcome === 'throttled') counts.throttled += 1;
  }
  if (result.lifted) push.lifting = null;
  if (result.breakerOpened || batch.some((each) => each.pauseMs !== null || each.stop !== null))
    push.pacer.drop();
  push.progress();
  push.bell.ring();
  if (await push.context.hooks?.checkThreshold?.()) push.finish('stopped', 'a threshold was passed');
}
