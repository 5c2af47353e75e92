/** The third step: what is ready is sent, until nothing is left or something ends it. */

import { run as query, runOne } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { type Limits, limitsOf } from '../destinations/limits.ts';
import { durationText, milliseconds } from '../ground/duration.ts';
import { exit } from '../ground/exit.ts';
import { releaseParked } from '../normalize/release.ts';
import { pushRun } from '../push/push.ts';
import type { Ended, PushCounts, PushEvent } from '../push/result.ts';
import { defaultSettings } from '../push/settings.ts';
import type { Halt, Journey } from './journey.ts';
import type { Progress } from './progress.ts';
import { pushThreshold } from './push-threshold.ts';

const halts: Readonly<Record<Exclude<Ended, 'drained'>, Pick<Halt, 'exitCode' | 'code'>>> = {
  stopped: { exitCode: exit.threshold, code: 'THRESHOLD_PUSH' },
  interrupted: { exitCode: exit.interrupted, code: 'INTERRUPTED' },
  limit: { exitCode: exit.interrupted, code: 'LIMIT' },
  platform_down: { exitCode: exit.fatal, code: 'PUSH_PLATFORM_DOWN' },
  credentials: { exitCode: exit.fatal, code: 'PUSH_STOPPED' },
  redirect: { exitCode: exit.fatal, code: 'PUSH_REDIRECTED' },
};

/**
 * A request must end within the lease it is sent under; the rest is for the heartbeat that renews it. A shorter deadline
 * comes from POINTFERRY_REQUEST_DEADLINE_MS, so that tests can use seconds.
 */
const deadlineWithin = (leaseMs: number, env: Journey['env']): number =>
  Math.min(
    Number(env.POINTFERRY_REQUEST_DEADLINE_MS ?? defaultSettings.requestDeadlineMs),
    Math.floor((leaseMs * 2) / 3),
  );

export async function push(journey: Journey): Promise<Halt | null> {
  const { account, allowed, log } = journey;
  const limits = limitsOf(account);
  if (!limits.isStated)
    log('warn', 'the account states no rate limit: 5 requests a second', { account: journey.run.account });
  await inTransaction(
    journey.db,
    (client) => query(client, 'ledger/adopt-dismissed', { run: journey.run.id }),
    {
      idempotent: true,
    },
  );
  const waiting = await reading(journey.db, (client) =>
    runOne(client, 'ledger/waiting-operations', { run: journey.run.id }),
  );
  const threshold = thresholdOf(journey, waiting);
  let passed: string | null = null;
  const pace = paceOf(limits);
  const result = await pushRun(journey.db, {
    runs: [journey.run.id],
    holder: journey.owner,
    account: journey.access,
    ...(journey.platform ? { platform: journey.platform } : {}),
    limits,
    keyRetentionMs: account.keyRetention === undefined ? null : milliseconds(account.keyRetention),
    kinds: journey.kinds,
    asIs: sentAsIs(journey.pipeline),
    ...(allowed.limit === null ? {} : { limit: allowed.limit }),
    ...(allowed.only === null ? {} : { only: allowed.only }),
    settings: { requestDeadlineMs: deadlineWithin(journey.owner.lease.leaseMs, journey.env) },
    env: journey.env,
    signal: journey.signal,
    hooks: {
      releaseParked: () => releaseKnown(journey),
      progress: (event) => {
        if (event.event === 'warning') log('warn', event.words, { account: journey.run.account });
        if (event.event === 'settled') passed ??= threshold(event.counts);
        journey.watch({
          ...shown(event, waiting, limits.maxInFlight),
          ...(event.event === 'settled' ? pace(event.counts.sent) : {}),
        });
      },
      checkThreshold: async () => passed !== null,
    },
  });
  if (result.ended === 'drained') return null;
  return {
    ...halts[result.ended],
    reason: (result.ended === 'stopped' && passed) || (result.reason ?? result.ended),
  };
}

/** Why the push has to stop, or null; never once a person has accepted that it is past a threshold. */
function thresholdOf(
  { pipeline, options, log, run }: Journey,
  { failed, answered }: Waiting,
): (counts: Readonly<PushCounts>) => string | null {
  const rule = pipeline.thresholds?.push;
  if (!rule) return () => null;
  const before = { failed, settled: answered };
  const threshold = pushThreshold(rule, before, (words) => log('warn', words, { run: run.id }));
  return (counts) => {
    const settled = counts.delivered + counts.failed + counts.unknown;
    const passed = threshold.look({ failed: counts.failed, settled });
    return options.acceptThreshold ? null : passed;
  };
}

/** Operations of this pipeline whose member is known by now; gives the runs they belong to. */
async function releaseKnown({ db, run, kind }: Journey): Promise<readonly string[]> {
  const { account, pipeline } = run;
  const { runs } = await releaseParked(db, { account, pipeline, by: run.id }, kind);
  return runs;
}

/** Requests a second over the last seconds, and their share of the limit that they are paced by. */
function paceOf({ pace: { limit, perMs } }: Limits): (sent: number) => Partial<Progress> {
  let seen: { readonly at: number; readonly sent: number }[] = [];
  return (sent) => {
    const at = performance.now();
    seen = [...seen.filter((one) => one.at > at - 5_000), { at, sent }];
    const first = seen[0];
    if (!first || at - first.at < 500) return {};
    const rate = ((sent - first.sent) * 1000) / (at - first.at);
    const used = (rate * perMs) / 1000 / limit;
    return { rate, limits: [{ limit, per: durationText(perMs), used: Math.min(1, used) }] };
  };
}

interface Waiting {
  /** Operations that can be sent, and those whose member is not known yet. */
  readonly total: number;
  readonly parked: number;
  /** Of earlier parts of the run: refused or given up, and all that had an answer or never will. */
  readonly failed: number;
  readonly answered: number;
}

/** What a push event means for the display. */
function shown(event: PushEvent, { total, parked }: Waiting, most: number): Progress {
  if (event.event !== 'settled') {
    const reason = event.words;
    return {
      stage: 'push',
      pause: event.event === 'waiting' && event.reason !== 'lanes' ? { reason, until: null } : null,
    };
  }
  const { delivered, unchanged, superseded, failed, unknown, throttled } = event.counts;
  const ok = delivered + unchanged + superseded;
  return {
    stage: 'push',
    settled: { done: ok + failed + unknown, total, ok, failed, unknown, parked },
    throttled,
    inFlight: { now: event.inFlight, most },
    ...event.latency,
    pause: null,
  };
}

/** Fields whose column says `asIs`: the kind does not translate them. */
const sentAsIs = ({ columns }: Journey['pipeline']): string[] =>
  Object.keys(columns).filter((name) => {
    const mapping = columns[name];
    return mapping !== undefined && 'asIs' in mapping && mapping.asIs === true;
  });
