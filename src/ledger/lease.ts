/**
 * The lease as its holder sees it. It is measured by the monotonic clock, which nobody can set, and which stands still
 * while the machine sleeps: so the wall clock is asked as well, and where the two came apart nothing of the lease is
 * believed until the database has renewed it.
 */

export interface LeaseSettings {
  /** How long a silent owner is believed to live, ms. */
  readonly leaseMs: number;
  /** How often it says that it lives, ms; well under a third of the lease. */
  readonly heartbeatMs: number;
}

export interface Clocks {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface Lease {
  /** Ms that are certainly left. 0: it ran out, or nobody knows. */
  readonly leftMs: () => number;
  /** The database renewed it; `at` was read before the statement left, so that it is never believed longer than it is. */
  readonly renew: (at: Clocks) => void;
}

/** A clock that is slewed comes apart by milliseconds; one that was set, or a machine that slept, by seconds. */
const apartMs = 1_000;

export const readClocks = (): Clocks => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** `onApart` is called when the clocks have come apart: time to ask the database. */
export function createLease(
  leaseMs: number,
  from: Clocks,
  onApart: () => void,
  now: () => Clocks = readClocks,
): Lease {
  let renewed = from;
  return {
    leftMs() {
      const at = now();
      const passedMs = at.monotonicMs - renewed.monotonicMs;
      if (Math.abs(at.wallMs - renewed.wallMs - passedMs) <= apartMs) return Math.max(0, leaseMs - passedMs);
      onApart();
      return 0;
    },
    renew(at) {
      renewed = at;
    },
  };
}
