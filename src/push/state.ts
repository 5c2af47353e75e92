/** What a push holds while it runs. Made once, by `begin`. */
import type { Db } from '../db/pool.ts';
import { type Bell, createBell } from './bell.ts';
import type { ClaimScope } from './claim.ts';
import type { DoubtScope, DoubtStep } from './doubt.ts';
import { createFlight, type Flight } from './flight.ts';
import type { Sending } from './intent.ts';
import { originOf } from './origin.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { blockMs, type LastBooking, type Limits, limitsOf, slotMs } from './permits.ts';
import { createSender } from './send.ts';
import type { Settled, SettleResult } from './settle.ts';
import { type Settlement, settlementOf } from './settlement.ts';
import { createSettler, type Settler } from './settler.ts';
import { createTokens, type Tokens } from './token.ts';
import { patiently } from './trouble.ts';
import {
  type Armed,
  defaultSettings,
  type Ended,
  type PushContext,
  type PushCounts,
  type PushEvent,
  type PushSettings,
  type Work,
} from './types.ts';
import { readWatch } from './watch.ts';
import { createWindow, type Window } from './window.ts';

export interface Push {
  readonly db: Db;
  readonly context: PushContext;
  readonly settings: PushSettings;
  readonly scope: Omit<ClaimScope, 'runs' | 'only' | 'among'> & DoubtScope;
  readonly sending: Sending;
  readonly origin: string;
  readonly limits: Limits;
  readonly maxInFlight: number;
  readonly only: string | null;
  readonly startedAt: number;
  /** The runs held, and those whose parked operations were released. */
  readonly runs: Set<string>;
  readonly counts: PushCounts;
  readonly bell: Bell;
  readonly pacer: Pacer;
  readonly flight: Flight;
  readonly window: Window;
  readonly settler: Settler;
  readonly tokens: Tokens;
  /** Operations claimed that should be in store, so that no slot goes by unused. */
  readonly target: number;
  /** Claimed, without an intent. */
  readonly work: Work[];
  /** With a committed intent, waiting for a slot. */
  readonly armed: Armed[];
  /** All operations whose lanes this push works on. */
  readonly inHand: Map<number, Work>;
  /** With --limit: what was begun. */
  readonly begun: Set<number> | null;
  readonly mayBegin: () => number;
  readonly among: () => readonly number[] | null;
  readonly progress: () => void;
  readonly waiting: (reason: (PushEvent & { event: 'waiting' })['reason'] | null, words: string) => void;
  readonly finish: (ended: Ended, reason: string | null) => void;
  readonly fail: (error: unknown) => void;
  readonly close: () => Promise<void>;
  cursor: number | null;
  /** Something was found since the round over the lanes began. */
  found: boolean;
  /** The last booking of slots. */
  booked: LastBooking | null;
  /** The breaker's one probe is under way from here. */
  probing: boolean;
  /** The stop that this push may lift by one request. */
  lifting: number | null;
  /** Not before: booking, watching, taking over, looking for doubts, releasing parked operations. */
  bookAt: number;
  watchAt: number;
  takeOverAt: number;
  doubtsAt: number;
  parkedAt: number;
  end: { readonly ended: Ended; readonly reason: string | null } | null;
  error: { readonly cause: unknown } | null;
}

export async function begin(db: Db, context: PushContext): Promise<Push> {
  const settings: PushSettings = { ...defaultSettings, ...context.settings };
  const { account, holder, kinds } = context;
  const scope = {
    account: account.name,
    token: holder.token,
    kinds,
    by: context.runs[0] ?? '',
    keyRetentionMs: context.keyRetentionMs,
  };
  const sending: Sending = { account, token: holder.token, by: scope.by, asIs: context.asIs ?? [] };
  const limits = limitsOf(context.windows);
  const counts = noCounts();
  const runs = new Set(context.runs);
  const closing = new AbortController();
  const sender = createSender({
    maxInFlight: context.maxInFlight,
    deadlineMs: settings.requestDeadlineMs,
    answerMostBytes: settings.answerMostBytes,
    env: process.env,
  });
  const tokens = createTokens(account, context.platform, sender, closing.signal);
  const emit = (event: PushEvent): void => context.hooks?.progress?.(event);
  const bell = createBell();
  const seen = await patiently(db, settings.databaseWithinMs, () => readWatch({ db, scope, runs }));

  const settler = createSettler(
    db,
    () => ({
      account: account.name,
      token: holder.token,
      probeAfterMs: settings.probeAfterMs,
      lifting: push.lifting,
    }),
    (batch, result) => onSettled(push, batch, result),
    (error) => push.fail(error),
    settings.databaseWithinMs,
  );
  const window = createWindow(limits.pace.limit, limits.pace.perMs);
  const flight = createFlight({
    sending,
    holder,
    maxInFlight: context.maxInFlight,
    settings,
    sender,
    tokens,
    counts,
    settle: settler.add,
    fatal: (ended, reason) => push.finish(ended, reason),
    warn: (words) => emit({ event: 'warning', words }),
    fail: (error) => push.fail(error),
  });
  const pacer = createPacer(limits.pace, {
    onSlot: ({ probe }) => {
      if (push.end !== null || push.error !== null) return unusedMs;
      const armed = push.armed[0];
      if (armed === undefined || !flight.hasRoom()) return unusedMs;
      const now = performance.now();
      const full = window.waitMs(now);
      if (full > 0) return full;
      push.armed.shift();
      flight.launch(armed, probe, window.sent(now));
      bell.ring();
      return 0;
    },
    onLost: (slots) => {
      counts.lost += slots;
      bell.ring();
    },
  });
  const begun = context.limit === undefined ? null : new Set<number>();
  let waitsFor = '';
  const push: Push = {
    db,
    context,
    settings,
    scope,
    sending,
    origin: originOf(account.baseUrl),
    limits,
    maxInFlight: context.maxInFlight,
    only: context.only ?? null,
    startedAt: performance.now(),
    runs,
    counts,
    bell,
    pacer,
    flight,
    window,
    settler,
    tokens,
    target: targetOf(limits, context.maxInFlight),
    work: [],
    armed: [],
    inHand: new Map(),
    begun,
    mayBegin: () =>
      context.limit === undefined ? Number.POSITIVE_INFINITY : context.limit - (begun?.size ?? 0),
    among: () => (begun && begun.size >= (context.limit ?? 0) ? [...begun] : null),
    progress: () => emit({ event: 'settled', counts }),
    waiting(reason, words) {
      if (waitsFor === `${reason}${words}`) return;
      waitsFor = `${reason}${words}`;
      if (reason !== null) emit({ event: 'waiting', reason, words });
    },
    finish(ended, reason) {
      this.end ??= { ended, reason };
      bell.ring();
    },
    fail(cause) {
      this.error ??= { cause };
      bell.ring();
    },
    async close() {
      closing.abort();
      context.signal?.removeEventListener('abort', bell.ring);
      await pacer.close();
      await sender.close();
    },
    cursor: null,
    found: false,
    booked: null,
    probing: false,
    lifting: seen.stopped_at,
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

/** A slot that finds nothing armed, or no room, is offered again after this. */
const unusedMs = 2;

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

/** A settlement without a request: by a late answer, given up, or not to be built. */
export function settleBeside(
  push: Push,
  step: Exclude<DoubtStep, { step: 'resend' }> | { readonly work: Work; readonly reason: string },
): Settled {
  const { work } = step;
  const by = push.runs.has(work.run) ? work.run : (push.context.runs[0] ?? work.run);
  const late = 'judged' in step;
  const judged = late ? step.judged : { outcome: 'failed' as const, reason: step.reason };
  const facts = {
    attempt: null,
    n: 1,
    httpStatus: late ? step.httpStatus : null,
    answer: null,
    ms: null,
    by,
  };
  const settlement = {
    ...settlementOf(work, judged, facts, push.settings, Math.random),
    attempts: 0 as const,
  };
  if (late) return beside(settlement);
  if (!('as' in step)) return beside({ ...settlement, code: 'PUSH_NOT_BUILT' });
  // what may have been applied stays forgotten, so that the next version is sent
  const given: Settlement = { ...settlement, recall: false };
  return step.as === 'unknown'
    ? beside({ ...given, state: 'unknown', code: 'PUSH_OUTCOME_UNKNOWN' })
    : beside({ ...given, code: 'PUSH_RETRIES_EXHAUSTED' });
}

/** Armed, and not sent after all: as if nothing had been. */
export function unsentOf(armed: Armed): Settled {
  const state = armed.doubtful ? 'in_doubt' : 'ready';
  return beside({
    operation: armed.operation,
    attempt: armed.attempt,
    outcome: 'not_sent',
    http_status: null,
    platform_code: null,
    reason: null,
    answer: null,
    request_id: null,
    ms: null,
    state,
    code: null,
    field: null,
    platform_id: null,
    next_in_ms: null,
    attempts: 0,
    resends: 0,
    recall: !armed.doubtful,
    accepts: [],
    by: armed.run,
  });
}

const beside = (settlement: Settlement): Settled => ({
  settlement,
  bad: null,
  probe: false,
  pauseMs: null,
  stop: null,
  works: false,
});
