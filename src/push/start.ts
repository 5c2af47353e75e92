/** Puts a push together. Each part is given those that were made before it. */
import type { Db } from '../db/pool.ts';
import { createSilence, type Silence } from '../ledger/silence.ts';
import { readWatch } from './account-watch.ts';
import { type Answers, createAnswers } from './answer/answers.ts';
import { createLatencies, type Latencies } from './answer/latency.ts';
import { backoffFarMs } from './answer/retry.ts';
import { patiently } from './database-trouble.ts';
import { createEnding, type Ending } from './ending.ts';
import { createEvery } from './every.ts';
import { createPace, type Pace } from './pace/pace.ts';
import { createProgress, type Progress } from './progress.ts';
import type { PushRequest } from './request.ts';
import { noCounts, type PushCounts } from './result.ts';
import { type Allowance, allowanceOf } from './send-limit.ts';
import { defaultSettings, type PushSettings } from './settings.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';
import type { ClaimScope } from './work/claim.ts';
import type { DoubtScope } from './work/doubt.ts';
import { createHand, type Hand } from './work/hand.ts';

/** Whose operations are sent, by whom: what the statements ask for. */
type PushScope = DoubtScope & Pick<ClaimScope, 'retryPatienceMs' | 'backoffFarMs'>;

/** What a push is made of. Nothing of it is needed to go on after a death. */
export interface Push {
  readonly db: Db;
  readonly request: PushRequest;
  readonly settings: PushSettings;
  readonly scope: PushScope;
  readonly startedAt: number;
  readonly counts: PushCounts;
  readonly wakeUp: WakeUp;
  readonly ending: Ending;
  readonly progress: Progress;
  readonly allowance: Allowance;
  readonly hand: Hand;
  readonly pace: Pace;
  readonly latencies: Latencies;
  readonly answers: Answers;
  /** Of other processes that hold lanes or places of the account. */
  readonly silence: Silence;
  readonly isDue: Readonly<Record<'watch' | 'takeOver' | 'doubts' | 'parked', () => boolean>>;
  readonly close: () => Promise<void>;
}

const doubtsEveryMs = 200;

export async function startPush(db: Db, request: PushRequest): Promise<Push> {
  const settings = { ...defaultSettings, ...request.settings };
  const scope = scopeOf(request, settings);
  const hand = createHand(request.runs, request.limits);
  const seen = await patiently(db, settings.databaseWithinMs, () => readWatch(db, scope.account, hand.runs));
  const { holder, limits, hooks, signal } = request;
  const counts = noCounts();
  const wakeUp = createWakeUp();
  const ending = createEnding(wakeUp.up);
  const latencies = createLatencies();
  const lifting = seen.stoppedAt;
  const { requestDeadlineMs } = settings;
  const pace = createPace({ limits, lifting, holder, requestDeadlineMs, counts, ending, wakeUp });
  const emit: PushEmit = (event) => hooks?.progress?.(event);
  const progress = createProgress(emit, counts, pace.inFlight, latencies);
  const parts = { db, request, settings, scope, counts, wakeUp, ending, progress, hand, pace, latencies };
  const answers = await createAnswers(parts);
  signal?.addEventListener('abort', wakeUp.up);
  return {
    ...parts,
    startedAt: performance.now(),
    allowance: allowanceOf(request.limit),
    answers,
    silence: createSilence(),
    isDue: {
      watch: createEvery(settings.watchMs),
      takeOver: createEvery(5 * settings.watchMs),
      doubts: createEvery(doubtsEveryMs),
      parked: createEvery(settings.parkedEveryMs),
    },
    async close() {
      signal?.removeEventListener('abort', wakeUp.up);
      await pace.pacer.close();
      await answers.close();
    },
  };
}

type PushEmit = Parameters<typeof createProgress>[0];

const scopeOf = (
  { account, holder, kinds, runs, keyRetentionMs }: PushRequest,
  settings: PushSettings,
): PushScope => ({
  account: account.name,
  token: holder.token,
  kinds,
  by: runs[0] ?? '',
  keyRetentionMs,
  ageMs: holder.sent.ageMs,
  retryPatienceMs: settings.retryPatienceMs,
  backoffFarMs: backoffFarMs(settings),
});
