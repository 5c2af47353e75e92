/** When requests leave: at a booked slot, with a place in flight, and never more than the window holds. */
import type { Limits } from '../../destinations/limits.ts';
import type { Ending } from '../ending.ts';
import { type Holder, mayLeave } from '../holder.ts';
import type { PushCounts } from '../result.ts';
import type { WakeUp } from '../wake-up.ts';
import type { Armed } from '../work/intent.ts';
import { createInFlight, type InFlight } from './in-flight.ts';
import { createPacer, type Pacer } from './pacer.ts';
import type { LastBooking } from './permits.ts';
import { createBudget, type RetryBudget } from './retry-budget.ts';
import { createWindow, type Window } from './window.ts';

export interface Pace {
  readonly limits: Limits;
  /** Armed requests: those that wait for a place and a slot, and those that have left. */
  readonly inFlight: InFlight<Armed>;
  readonly pacer: Pacer;
  readonly window: Window;
  readonly budget: RetryBudget;
  readonly booking: BookingState;
}

interface BookingState {
  /** The last booking of slots. */
  last: LastBooking | null;
  /** This process may hold places of the account. */
  hasPlaces: boolean;
  /** The breaker's one probe is under way from here. */
  isProbing: boolean;
  /** The stop that this push may lift by one request. */
  lifting: number | null;
  /** By `performance.now()`: nothing is booked before. */
  notBefore: number;
}

interface PaceContext {
  readonly limits: Limits;
  readonly lifting: number | null;
  readonly holder: Holder;
  readonly requestDeadlineMs: number;
  readonly counts: PushCounts;
  readonly ending: Ending;
  readonly wakeUp: WakeUp;
}

/** A slot that finds nothing armed, or no place, is offered again after this. */
const unusedMs = 2;

export function createPace(context: PaceContext): Pace {
  const { limits, lifting, holder, counts, ending, wakeUp } = context;
  const { pace } = limits;
  const inFlight = createInFlight<Armed>();
  const window = createWindow(pace.limit, pace.perMs);
  const budget = createBudget(pace);
  const pacer = createPacer(pace, {
    onSlot({ probe }) {
      const next = inFlight.next();
      if (next === null || ending.isOver() || !mayLeave(holder, context.requestDeadlineMs)) return unusedMs;
      const now = performance.now();
      const fullMs = window.waitMs(now);
      if (fullMs > 0) return fullMs;
      if (next.attempts + next.resends === 0) budget.earn(now);
      inFlight.leave(probe);
      wakeUp.up();
      return 0;
    },
    onLost(slots) {
      counts.lost += slots;
      wakeUp.up();
    },
  });
  const booking = { last: null, hasPlaces: false, isProbing: false, lifting, notBefore: 0 };
  return { limits, inFlight, pacer, window, budget, booking };
}
