/** Requests in flight: one permit, one request, one answer, one settlement. */
import pLimit from 'p-limit';
import { failpoint } from '../../db/failpoint.ts';
import type { Outgoing } from '../../destinations/kind.ts';
import { atHome } from '../origin.ts';
import type { Armed, Holder, Latency, PushCounts, PushSettings } from '../request.ts';
import { outgoing, type Sending } from '../work/intent.ts';
import { restOf } from '../work/lane-rest.ts';
import { isBad, type Judged, judge, type Reply } from './judge.ts';
import { maskAnswer, maskSecrets } from './mask.ts';
import { waitBefore } from './retry.ts';
import type { Sender } from './send.ts';
import type { Settled } from './settle.ts';
import { settlementOf } from './settlement.ts';
import type { Tokens } from './token.ts';

export interface FlightContext {
  readonly sending: Sending;
  readonly holder: Holder;
  readonly maxInFlight: number;
  readonly settings: PushSettings;
  readonly sender: Sender;
  readonly tokens: Tokens;
  readonly counts: PushCounts;
  readonly settle: (settled: Settled) => void;
  readonly fatal: (ended: 'credentials' | 'redirect', reason: string) => void;
  readonly warn: (words: string) => void;
  readonly fail: (error: unknown) => void;
}

export interface Flight {
  readonly hasRoom: () => boolean;
  /** Is there enough left of the lease for a whole request, and the ledger where it was? */
  readonly mayLeave: () => boolean;
  readonly inFlight: () => number;
  /** A typical answer takes this long, ms. */
  readonly typicalMs: () => number;
  readonly latency: () => Latency | null;
  /** `over` is called when there will be no answer any more, or it is there. */
  readonly launch: (armed: Armed, probe: boolean, over: (at: number) => void) => void;
  /** Resolves when nothing is in flight; after `withinMs` what still is gets cut off, and is in doubt. */
  readonly land: (withinMs: number) => Promise<void>;
}

/** Beyond the deadline, so that the answer is also settled under the lease. */
const leaseMarginOf = (deadlineMs: number): number => Math.min(1_000, deadlineMs / 20);
const storedAnswer = 4_000;
const latenciesOf = 200;

export function createFlight(context: FlightContext): Flight {
  const limit = pLimit(context.maxInFlight);
  const cut = new AbortController();
  const flying = new Set<Promise<void>>();
  const latencies: number[] = [];
  let typicalMs = 50;
  let throttles = 0; // in a row, over all operations

  const one = async (armed: Armed, probe: boolean, over: (at: number) => void): Promise<void> => {
    const { reply, generation } = await exchange(context, armed, cut.signal);
    over(performance.now());
    if (reply.got !== 'not_sent') {
      context.counts.sent += 1;
      if (armed.n > 1) context.counts.retried += 1;
      typicalMs += (Math.min(reply.ms, 5_000) - typicalMs) * 0.1;
      latencies.push(reply.ms);
      if (latencies.length > latenciesOf) latencies.shift();
    }
    const sent = outgoing(armed, context.sending);
    const judged = judgeSafely(context, armed, reply, sent);
    throttles = judged.outcome === 'throttled' ? throttles + 1 : 0;
    if (judged.outcome === 'doubt')
      context.holder.sent.rest(armed.operation, restOf(reply, context.settings.requestDeadlineMs));
    const stop = judged.outcome === 'stopped' ? stopOf(context, judged, generation) : null;
    if (judged.outcome === 'delivered' || judged.outcome === 'failed') context.tokens.worked(generation);
    context.settle(settledOf(context, armed, { reply, judged, probe, stop, throttles }));
  };

  return {
    mayLeave: () => mayLeave(context),
    hasRoom: () => limit.activeCount + limit.pendingCount < context.maxInFlight,
    inFlight: () => limit.activeCount + limit.pendingCount,
    typicalMs: () => typicalMs,
    latency() {
      if (latencies.length === 0) return null;
      const sorted = [...latencies].sort((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
      return { p50Ms: at(0.5), p99Ms: at(0.99) };
    },
    launch(armed, probe, over) {
      const flight: Promise<void> = limit(() => one(armed, probe, over))
        .catch(context.fail)
        .finally(() => flying.delete(flight));
      flying.add(flight);
    },
    async land(withinMs) {
      const timer = setTimeout(() => cut.abort(), withinMs);
      await Promise.all(flying);
      clearTimeout(timer);
    },
  };
}

async function exchange(
  context: FlightContext,
  armed: Armed,
  signal: AbortSignal,
): Promise<{ reply: Reply; generation: number }> {
  const { holder, sending, tokens } = context;
  const token = tokens.held();
  if (token === null) return unsent('the token is being refreshed', 0);
  const request = armed.kind.authorize(
    atHome(armed.request, armed.builtUrl, sending.account.baseUrl),
    sending.account,
    token.token,
  );
  failpoint('push/before-send');
  if (!mayLeave(context)) return unsent('the lease is too short', token.generation);
  holder.sent.left(armed.operation, armed.key);
  const reply = await context.sender.send(request, signal);
  failpoint('push/after-send');
  return { reply, generation: token.generation };
}

/** A request that outlives the lease could land after another process has begun to send for the lane. */
function mayLeave({ holder, settings: { requestDeadlineMs } }: FlightContext): boolean {
  return (
    holder.ledger.behind() === null && holder.leftMs() >= requestDeadlineMs + leaseMarginOf(requestDeadlineMs)
  );
}

/** A kind that trips over an answer has not understood it; that must not end the push, again and again. */
function judgeSafely(context: FlightContext, armed: Armed, reply: Reply, sent: Outgoing): Judged {
  const { retryAfterMostMs } = context.settings;
  try {
    return judge(armed.kind, reply, sent, { nowMs: Date.now(), retryAfterMostMs });
  } catch {
    context.warn(`${armed.kind.name} failed to read an answer: a bug of ours`);
    return { outcome: 'doubt', reason: 'the answer cannot be understood' };
  }
}

const unsent = (reason: string, generation: number): { reply: Reply; generation: number } => ({
  reply: { got: 'not_sent', reason, bad: false, ms: 0 },
  generation,
});

/** Why the account is to be stopped; null where a new token may help, or where it is a redirect, which stops the run only. */
function stopOf(
  context: FlightContext,
  judged: Judged & { outcome: 'stopped' },
  generation: number,
): string | null {
  if (judged.why === 'redirect') {
    context.fatal('redirect', judged.reason);
    return null;
  }
  if (context.tokens.refused(generation)) return null;
  context.fatal('credentials', judged.reason);
  return judged.reason;
}

function settledOf(
  context: FlightContext,
  armed: Armed,
  known: { reply: Reply; judged: Judged; probe: boolean; stop: string | null; throttles: number },
): Settled {
  const { reply, judged } = known;
  const answer = reply.got === 'answer' ? reply.answer : null;
  const { account } = context.sending;
  const raw = settlementOf(
    // a probe asks after the platform: while the breaker is open no attempt counts
    known.probe ? { ...armed, attempts: 0 } : armed,
    judged,
    {
      attempt: armed.attempt,
      n: armed.n,
      httpStatus: answer?.status ?? null,
      answer: answer && maskAnswer(answer.body, account, armed, storedAnswer),
      ms: reply.got === 'not_sent' ? null : reply.ms,
      by: armed.run,
    },
    context.settings,
    Math.random,
  );
  const uncounted = known.probe && (raw.state === 'ready' || raw.state === 'in_doubt');
  const counts = uncounted ? ({ attempts: 0, resends: 0 } as const) : {};
  return {
    settlement: { ...raw, ...counts, reason: raw.reason && maskSecrets(raw.reason, account) },
    bad: isBad(reply),
    probe: known.probe,
    pauseMs: judged.outcome === 'throttled' ? pauseOf(context, judged, known.throttles) : null,
    stop: known.stop,
    works: judged.outcome === 'delivered' || judged.outcome === 'failed',
  };
}

/** Without a usable Retry-After the pause grows with each 429 in a row, never below half a second. */
function pauseOf(
  context: FlightContext,
  judged: Judged & { outcome: 'throttled' },
  throttles: number,
): number {
  if (judged.capped) {
    const minutes = context.settings.retryAfterMostMs / 60_000;
    context.warn(`the platform asked for a longer pause than is believed; it is cut to ${minutes} minutes`);
  }
  return (
    judged.waitMs ?? context.settings.backoffFirstMs + waitBefore(throttles, Math.random, context.settings)
  );
}
