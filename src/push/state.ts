/** What a push holds while it runs. Made once, by `begin`; nothing of it is needed to go on after a death. */
import type { Db } from '../db/pool.ts';
import type { Limits } from '../destinations/limits.ts';
import type { Silence } from '../ledger/silence.ts';
import type { Flight } from './answer/attempt.ts';
import type { Settler } from './answer/batches.ts';
import type { Tokens } from './answer/token.ts';
import type { Pacer } from './pace/pacer.ts';
import type { LastBooking } from './pace/permits.ts';
import type { RetryBudget } from './pace/retry-budget.ts';
import type { Window } from './pace/window.ts';
import type { Armed, Ended, PushContext, PushCounts, PushEvent, PushSettings, Work } from './request.ts';
import type { Bell } from './wake-up.ts';
import type { ClaimScope } from './work/claim.ts';
import type { DoubtScope } from './work/doubt.ts';
import type { Sending } from './work/intent.ts';

export interface Push {
  readonly db: Db;
  readonly context: PushContext;
  readonly settings: PushSettings;
  readonly scope: Omit<ClaimScope, 'runs' | 'only' | 'among' | 'retries' | 'busy' | 'suspectUntil'> &
    DoubtScope;
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
  readonly budget: RetryBudget;
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
  /** Of other processes that hold lanes of the account. */
  readonly silence: Silence;
  /** With --limit: what was begun, in earlier pushes of the command too. */
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
