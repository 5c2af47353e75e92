/** What a push has in hand: its runs, the operations that it works on, and how far it has looked through the lanes. */
import type { Limits } from '../../destinations/limits.ts';
import { blockMs, slotMs } from '../pace/permits.ts';
import type { Work } from './claim.ts';

export interface Hand {
  /** The runs held, and those whose parked operations were released. */
  readonly runs: Set<string>;
  /** Claimed, without an intent. */
  readonly work: Work[];
  /** All operations whose lanes this push works on, until they are settled. */
  readonly operations: Map<number, Work>;
  /** So many are kept claimed, so that no slot goes by unused. */
  readonly target: number;
  /** The last lane looked at; null: a round over the lanes begins. */
  cursor: number | null;
  /** Something was found since the round began. */
  hasFound: boolean;
}

export const createHand = (runs: readonly string[], limits: Limits): Hand => ({
  runs: new Set(runs),
  work: [],
  operations: new Map(),
  target: targetOf(limits),
  cursor: null,
  hasFound: false,
});

/** Three blocks' worth: the one being sent, the one being armed, and one to take from. */
function targetOf({ pace, maxInFlight }: Limits): number {
  const block = Math.ceil(blockMs / slotMs(pace, 0));
  return Math.min(1_000, Math.max(3 * block, 2 * maxInFlight, 4));
}
