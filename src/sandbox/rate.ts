/** Counting in sliding windows, and the limit that is enforced with them. Times are milliseconds of one clock. */
import type { RateLimit } from './options.ts';

/** The times within one window, oldest first, and the highest count there ever was. */
export interface Meter {
  readonly perMs: number;
  times: number[];
  head: number;
  max: number;
}

export const newMeter = (perMs: number): Meter => ({ perMs, times: [], head: 0, max: 0 });

/** Drops what has left the window (a time exactly `perMs` ago has). Gives the count inside. */
export function countAt(meter: Meter, now: number): number {
  const { times } = meter;
  while (meter.head < times.length && (times[meter.head] ?? now) <= now - meter.perMs) meter.head += 1;
  if (meter.head > 1024 && meter.head * 2 > times.length) {
    meter.times = times.slice(meter.head);
    meter.head = 0;
  }
  return meter.times.length - meter.head;
}

export function hit(meter: Meter, now: number): void {
  const count = countAt(meter, now) + 1;
  meter.times.push(now);
  if (count > meter.max) meter.max = count;
}

export interface Verdict {
  readonly accepted: boolean;
  /** How long until every window has room, when refused. */
  readonly waitMs: number;
}

export interface Gate {
  readonly limit: RateLimit | undefined;
  judge(now: number): Verdict;
}

/** A refused request takes no room in the windows. */
export function newGate(limit: RateLimit | undefined): Gate {
  const windows = (limit?.windows ?? []).map((window) => ({ ...window, meter: newMeter(window.perMs) }));
  const judge = (now: number): Verdict => {
    let waitMs = 0;
    for (const { limit: allowed, perMs, meter } of windows) {
      if (countAt(meter, now) < allowed) continue;
      const oldest = meter.times[meter.head] ?? now;
      waitMs = Math.max(waitMs, oldest + perMs - now, 1);
    }
    if (waitMs > 0) return { accepted: false, waitMs };
    for (const { meter } of windows) hit(meter, now);
    return { accepted: true, waitMs: 0 };
  };
  return { limit, judge };
}
