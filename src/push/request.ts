/** Words that the files of push share. Times without a unit in their name are milliseconds. */

import type { AccountAccess, BuiltRequest, FieldValue, Kind, Platform } from '../destinations/kind.ts';
import type { Limits } from '../destinations/limits.ts';
import type { WatchedLedger } from '../ledger/position/watch.ts';
import type { SentLately } from '../ledger/sent.ts';

/** The lease under which this process sends; `ledger/owner.ts` keeps one. */
export interface Holder {
  readonly token: number;
  /** Ms certainly left of the lease. No request starts whose deadline is longer. */
  readonly leftMs: () => number;
  /** Aborted, with why, when another process took over or the ledger went back. */
  readonly lost: AbortSignal;
  /** A ledger that lost its last transactions is noticed before anything leaves. */
  readonly ledger: Pick<WatchedLedger, 'look' | 'count' | 'behind' | 'outlive' | 'ask' | 'goOn'>;
  /** What this process has sent of late, in earlier pushes too. */
  readonly sent: SentLately;
}

export interface PushSettings {
  /** Connect, send, wait and read, together. Must be shorter than the lease. */
  readonly requestDeadlineMs: number;
  /** Counted attempts of one operation: an attempt counts when the platform, not a limit, kept it from being done. */
  readonly attempts: number;
  readonly resends: number;
  readonly resendWithinMs: number;
  /** A breaker open for this long ends the push. */
  readonly downAfterMs: number;
  /** Between probes while the breaker is open, at first; doubles up to eight times that. */
  readonly probeAfterMs: number;
  /** After a stop was asked for, how long requests in flight may take. */
  readonly stopWithinMs: number;
  readonly backoffFirstMs: number;
  readonly backoffMostMs: number;
  /** A retry that is due for so long is not held back by the retries' budget any more. */
  readonly retryPatienceMs: number;
  /** A Retry-After beyond this is not believed. */
  readonly retryAfterMostMs: number;
  /** How often pauses, stops and dead owners are looked for. */
  readonly watchMs: number;
  readonly parkedEveryMs: number;
  readonly answerMostBytes: number;
  /** A database that stays away longer ends the push. */
  readonly databaseWithinMs: number;
}

export const defaultSettings: PushSettings = {
  requestDeadlineMs: 30_000,
  attempts: 8,
  resends: 8,
  resendWithinMs: 30 * 60_000,
  downAfterMs: 15 * 60_000,
  probeAfterMs: 5_000,
  stopWithinMs: 10_000,
  backoffFirstMs: 500,
  backoffMostMs: 60_000,
  retryPatienceMs: 60_000,
  retryAfterMostMs: 15 * 60_000,
  watchMs: 400,
  parkedEveryMs: 30_000,
  answerMostBytes: 1_000_000,
  databaseWithinMs: 5 * 60_000,
};

export interface PushHooks {
  readonly progress?: (event: PushEvent) => void;
  /** True ends the push with `stopped`. Asked after each batch of settled operations. */
  readonly checkThreshold?: () => Promise<boolean>;
  /** Releases parked operations by state; gives the ids of runs not held whose released operations this push takes along. */
  readonly releaseParked?: () => Promise<readonly string[]>;
}

/** `--limit`: so many operations are begun, over all pushes that share it; then only those are gone on with. */
export interface SendLimit {
  readonly most: number;
  /** Operations that were claimed, or were in doubt and are sent again. */
  readonly begun: Set<number>;
}

export interface PushContext {
  /** Ids of the runs this process holds; the first is named as the one that settles doubts of others. */
  readonly runs: readonly string[];
  readonly holder: Holder;
  readonly account: AccountAccess;
  readonly platform?: Platform;
  readonly limits: Limits;
  /** How long the platform honours an idempotency key; null: it has none. */
  readonly keyRetentionMs: number | null;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** Fields by pipeline that are sent as the cell has them. */
  readonly asIs?: readonly string[];
  readonly limit?: SendLimit;
  /** Only the operations of this identity, business key, member key or subject. */
  readonly only?: string;
  readonly settings?: Partial<PushSettings>;
  /** Aborted: claim no more, let requests in flight finish within `stopWithinMs`, settle. */
  readonly signal?: AbortSignal;
  readonly hooks?: PushHooks;
}

export type Ended =
  | 'drained' // nothing of these runs is ready, sending or in doubt
  | 'stopped' // by a threshold
  | 'interrupted' // by the signal, or by `pointferry stop`
  | 'limit' // --limit or --only left something
  | 'platform_down'
  | 'credentials'
  | 'redirect';

/** What happened in this push, not what stands in the ledger: `report` asks that. */
export interface PushCounts {
  delivered: number;
  failed: number;
  unknown: number;
  unchanged: number;
  superseded: number;
  /** Requests that left. */
  sent: number;
  /** Of them, second and later ones of an operation. */
  retried: number;
  throttled: number;
  doubts: number;
  /** Answers that came after another process had taken over. */
  late: number;
  /** Permits booked, and those of them that nothing used in time. */
  booked: number;
  lost: number;
}

export interface PushResult {
  readonly ended: Ended;
  /** For people: why, where `ended` is not `drained`. No personal data. */
  readonly reason: string | null;
  readonly counts: Readonly<PushCounts>;
}

/** Of the last 200 answers. */
export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type PushEvent =
  | {
      readonly event: 'settled';
      readonly counts: Readonly<PushCounts>;
      readonly inFlight: number;
      /** How long the last answers took; null before the first. */
      readonly latency: Latency | null;
    }
  | {
      readonly event: 'waiting';
      readonly reason: 'paused' | 'breaker' | 'window' | 'lanes';
      readonly words: string;
    }
  | { readonly event: 'warning'; readonly words: string };

/** One thing that is accepted and compared as a whole: a field, fields `together`, or all of them (`*`). */
export interface Unit {
  readonly name: string;
  readonly fields: readonly string[];
  readonly hash: string;
}

/** An operation whose lane this process holds. */
export interface Work {
  readonly operation: number;
  readonly lane: number;
  readonly kind: Kind;
  readonly run: string;
  readonly subject: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** States only: what is remembered once it is accepted. */
  readonly units: readonly Unit[];
  /** A request of it may have been applied already: then its very bytes are sent again. */
  readonly doubtful: boolean;
  /** By `performance.now()`: what is doubtful and has not left by then stays unsent, since its key may be forgotten. */
  readonly sendBy: number;
  /** A retry that has to wait for room in the retries' budget. */
  readonly budgeted: boolean;
  /** Counted attempts and resends so far. */
  readonly attempts: number;
  readonly resends: number;
}

/** Work whose attempt is committed: it may leave. */
export interface Armed extends Work {
  readonly attempt: number;
  /** The how manieth attempt of its revision, uncounted ones included. */
  readonly n: number;
  readonly request: BuiltRequest;
  /** Where its kind would send it now; null: it can no longer be built. */
  readonly builtUrl: string | null;
}
