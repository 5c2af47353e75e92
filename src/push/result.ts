/** The result of a push, and the events that it reports meanwhile. */
import type { Latency } from './answer/latency.ts';

export type Ended =
  | 'drained' // nothing of these runs is ready, sending or in doubt
  | 'stopped' // by a threshold
  | 'interrupted' // by the signal, or by `pointferry stop`
  | 'limit' // --limit or --only left something
  | 'platform_down'
  | 'credentials'
  | 'redirect';

/** What happened in this push. What is in the ledger is counted by `report`. */
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

export const noCounts = (): PushCounts => ({
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

export interface PushResult {
  readonly ended: Ended;
  /** For people: why, where `ended` is not `drained`. No personal data. */
  readonly reason: string | null;
  readonly counts: Readonly<PushCounts>;
}

/** `lanes`: other work of this process or of others comes first. */
export type WaitingFor = 'paused' | 'breaker' | 'window' | 'lanes';

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
      readonly reason: WaitingFor;
      readonly words: string;
    }
  | { readonly event: 'warning'; readonly words: string };
