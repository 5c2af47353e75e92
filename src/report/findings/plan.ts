/** When a push of so many requests will have ended, under the limits of the account: pure reckoning. */

export interface PlanWindow {
  readonly limit: number;
  readonly perMs: number;
  /** As written, e.g. '1s'. */
  readonly per: string;
}

export interface Estimate {
  /** Ms that the requests take at the limits. */
  readonly ms: number;
  /** The window that decides. */
  readonly binding: PlanWindow;
}

/**
 * The window that takes longest decides. A long window (a day) lets its limit through at the pace of the short ones, and
 * makes the rest wait for the next one: `floor((calls - 1) / limit)` whole windows, then the remainder at the short pace.
 */
export function estimate(calls: number, windows: readonly PlanWindow[]): Estimate {
  const sorted = [...windows].sort((a, b) => a.perMs - b.perMs);
  const [pace] = sorted;
  if (!pace) throw new RangeError('a plan needs a limit');
  let best: Estimate = { ms: (calls / pace.limit) * pace.perMs, binding: pace };
  for (const window of sorted.slice(1)) {
    const full = Math.max(0, Math.ceil(calls / window.limit) - 1);
    const ms = full * window.perMs + ((calls - full * window.limit) / pace.limit) * pace.perMs;
    if (ms > best.ms) best = { ms, binding: window };
  }
  return best;
}
