/** One attempt: one request, one answer, one settlement. */
import { failpoint } from '../../db/failpoint.ts';
import type { Outgoing } from '../../destinations/kind.ts';
import type { Ending } from '../ending.ts';
import { type Holder, mayLeave } from '../holder.ts';
import { atHome } from '../origin.ts';
import type { Progress } from '../progress.ts';
import type { PushCounts } from '../result.ts';
import type { PushSettings } from '../settings.ts';
import { type Armed, outgoing, type Sending } from '../work/intent.ts';
import { restOf } from '../work/lane-rest.ts';
import { isBad, type Judged, judge, type Reply } from './judge.ts';
import type { Latencies } from './latency.ts';
import { maskAnswer, maskSecrets } from './mask.ts';
import { waitBefore } from './retry.ts';
import type { Sender } from './send.ts';
import type { Settled } from './settle.ts';
import { settlementOf } from './settlement.ts';
import type { Tokens } from './token.ts';

interface AttemptContext {
  readonly sending: Sending;
  readonly holder: Holder;
  readonly settings: PushSettings;
  readonly sender: Sender;
  readonly tokens: Tokens;
  readonly counts: PushCounts;
  readonly latencies: Latencies;
  readonly settle: (settled: Settled) => void;
  readonly ending: Ending;
  readonly progress: Pick<Progress, 'warn'>;
}

export interface Attempts {
  /** Never rejects. `over` is called when the answer is there, or it is certain that there will be none. */
  readonly send: (armed: Armed, probe: boolean, over: (at: number) => void) => Promise<void>;
  /** Cuts off what is in flight: it is in doubt. */
  readonly cutOff: () => void;
}

const storedAnswer = 4_000;

export function createAttempts(context: AttemptContext): Attempts {
  const { counts, latencies, holder, tokens } = context;
  const cut = new AbortController();
  let throttles = 0; // in a row, over all operations

  const send = async (armed: Armed, probe: boolean, over: (at: number) => void): Promise<void> => {
    const { reply, generation } = await exchange(context, armed, cut.signal);
    over(performance.now());
    if (reply.got !== 'not_sent') {
      counts.sent += 1;
      if (armed.n > 1) counts.retried += 1;
      latencies.add(reply.ms);
    }
    const judged = judgeSafely(context, armed, reply, outgoing(armed, context.sending));
    throttles = judged.outcome === 'throttled' ? throttles + 1 : 0;
    if (judged.outcome === 'doubt')
      holder.sent.rest(armed.operation, restOf(reply, context.settings.requestDeadlineMs));
    const stop = judged.outcome === 'stopped' ? stopOf(context, judged, generation) : null;
    if (judged.outcome === 'delivered' || judged.outcome === 'failed') tokens.worked(generation);
    context.settle(settledOf(context, armed, { reply, judged, probe, stop, throttles }));
  };

  return {
    send: (armed, probe, over) => send(armed, probe, over).catch(context.ending.fail),
    cutOff: () => cut.abort(),
  };
}

async function exchange(
  context: AttemptContext,
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
  if (!mayLeave(holder, context.settings.requestDeadlineMs))
    return unsent('the lease is too short', token.generation);
  holder.sent.left(armed.operation, armed.key);
  const reply = await context.sender.send(request, signal);
  failpoint('push/after-send');
  return { reply, generation: token.generation };
}

/** A kind that trips over an answer has not understood it; that must not end the push, again and again. */
function judgeSafely(context: AttemptContext, armed: Armed, reply: Reply, sent: Outgoing): Judged {
  const { retryAfterMostMs } = context.settings;
  try {
    return judge(armed.kind, reply, sent, { nowMs: Date.now(), retryAfterMostMs });
  } catch {
    context.progress.warn(`${armed.kind.name} failed to read an answer: a bug in Pointferry`);
    return { outcome: 'doubt', reason: 'the answer cannot be understood' };
  }
}

const unsent = (reason: string, generation: number): { reply: Reply; generation: number } => ({
  reply: { got: 'not_sent', reason, bad: false, ms: 0 },
  generation,
});

/** Why the account is to be stopped; null where a new token may help, or where it is a redirect, which stops the run only. */
function stopOf(
  context: AttemptContext,
  judged: Judged & { outcome: 'stopped' },
  generation: number,
): string | null {
  if (judged.why === 'redirect') {
    context.ending.finish('redirect', judged.reason);
    return null;
  }
  if (context.tokens.refused(generation)) return null;
  context.ending.finish('credentials', judged.reason);
  return judged.reason;
}

function settledOf(
  context: AttemptContext,
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
  context: AttemptContext,
  judged: Judged & { outcome: 'throttled' },
  throttles: number,
): number {
  if (judged.capped) {
    const minutes = context.settings.retryAfterMostMs / 60_000;
    context.progress.warn(
      `the platform asked for a longer pause than is believed; it is cut to ${minutes} minutes`,
    );
  }
  return (
    judged.waitMs ?? context.settings.backoffFirstMs + waitBefore(throttles, Math.random, context.settings)
  );
}
