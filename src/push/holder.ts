/** The process that sends, as a push sees it. */
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

/** Beyond the deadline, so that the answer is also settled under the lease. */
const leaseMarginOf = (deadlineMs: number): number => Math.min(1_000, deadlineMs / 20);

/** A request that outlives the lease could land after another process has begun to send for the lane. */
export const mayLeave = (holder: Holder, deadlineMs: number): boolean =>
  holder.ledger.behind() === null && holder.leftMs() >= deadlineMs + leaseMarginOf(deadlineMs);
