/** Sends what leaves, and settles what comes back. */
import type { Db } from '../../db/pool.ts';
import type { Ending } from '../ending.ts';
import type { Pace } from '../pace/pace.ts';
import type { Progress } from '../progress.ts';
import type { PushRequest } from '../request.ts';
import type { PushCounts } from '../result.ts';
import type { PushSettings } from '../settings.ts';
import type { WakeUp } from '../wake-up.ts';
import type { DoubtScope } from '../work/doubt.ts';
import type { Hand } from '../work/hand.ts';
import type { Sending } from '../work/intent.ts';
import { type Attempts, createAttempts } from './attempt.ts';
import { createSettler, type Settler } from './batches.ts';
import type { Latencies } from './latency.ts';
import type { Settled, SettleResult } from './settle.ts';
import { createTokens, type Tokens } from './token.ts';

export interface Answers {
  readonly sending: Sending;
  readonly tokens: Tokens;
  readonly attempts: Attempts;
  readonly settler: Settler;
  readonly close: () => Promise<void>;
}

interface AnswersContext {
  readonly db: Db;
  readonly request: PushRequest;
  readonly settings: PushSettings;
  readonly scope: DoubtScope;
  readonly counts: PushCounts;
  readonly wakeUp: WakeUp;
  readonly ending: Ending;
  readonly progress: Progress;
  readonly hand: Hand;
  readonly pace: Pace;
  readonly latencies: Latencies;
}

export async function createAnswers(context: AnswersContext): Promise<Answers> {
  const { request, settings, scope, pace, ending } = context;
  const { account, holder, limits } = request;
  const closing = new AbortController();
  // undici takes 60 of the 450 ms of a start: a run that finds nothing to send is spared them
  const { createSender } = await import('./send.ts');
  const sender = createSender({
    maxInFlight: limits.maxInFlight,
    deadlineMs: settings.requestDeadlineMs,
    answerMostBytes: settings.answerMostBytes,
    env: request.env,
  });
  const tokens = createTokens(account, request.platform, sender, closing.signal);
  const sending = sendingOf(request, scope.by, settings.requestDeadlineMs);
  const settler = createSettler({
    db: context.db,
    scope: () => ({
      account: account.name,
      token: holder.token,
      ledger: holder.ledger,
      probeAfterMs: settings.probeAfterMs,
      lifting: pace.booking.lifting,
    }),
    onBatch: (batch, result) => learn(context, batch, result),
    onError: ending.fail,
    databaseWithinMs: settings.databaseWithinMs,
  });
  const attempts = createAttempts({ ...context, holder, sending, sender, tokens, settle: settler.add });
  const close = (): Promise<void> => {
    closing.abort();
    return sender.close();
  };
  return { sending, tokens, attempts, settler, close };
}

const sendingOf = ({ account, holder, asIs }: PushRequest, by: string, deadlineMs: number): Sending => ({
  account,
  token: holder.token,
  by,
  asIs: asIs ?? [],
  deadlineMs,
  ledger: holder.ledger,
});

/** After a batch is settled: what follows from it for the push. */
async function learn(
  context: AnswersContext,
  batch: readonly Settled[],
  result: SettleResult,
): Promise<void> {
  const { counts, hand, pace } = context;
  for (const { settlement } of batch) {
    hand.operations.delete(settlement.operation);
    if (!result.settled.has(settlement.operation)) counts.late += 1;
    else if (settlement.state === 'in_doubt') counts.doubts += settlement.outcome === 'doubt' ? 1 : 0;
    else if (settlement.state !== 'ready') counts[settlement.state] += 1;
    if (settlement.outcome === 'throttled') counts.throttled += 1;
  }
  if (result.lifted) pace.booking.lifting = null;
  if (result.breakerOpened || batch.some((each) => each.pauseMs !== null || each.stop !== null))
    pace.pacer.drop();
  context.progress.settled();
  context.wakeUp.up();
  if (await context.request.hooks?.checkThreshold?.())
    context.ending.finish('stopped', 'a threshold was passed');
}
