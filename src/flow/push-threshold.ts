/** The push threshold: refused and given up, of what was answered; over the run, and over the last so many. */
import { exceeds } from '../ground/threshold.ts';
import type { Threshold, Thresholds } from '../pipeline/types.ts';

/** Operations by what became of them; those that needed no request say nothing about the platform. */
export interface Answered {
  readonly failed: number;
  /** Delivered, failed or unknown. */
  readonly settled: number;
}

export interface PushThreshold {
  /** Told the totals of this push after each batch; gives why to stop, or null. */
  readonly look: (totals: Answered) => string | null;
}

const defaultAfter = 200;

/**
 * `before`: what earlier parts of the run had settled. A share says nothing of a handful, so it is looked at from `after`
 * on, and over the last `after`; a count counts from the first. `warn` is called once.
 */
export function pushThreshold(
  { warn, stop, after = defaultAfter }: NonNullable<Thresholds['push']>,
  before: Answered,
  say: (words: string) => void,
): PushThreshold {
  const size = Math.max(1, after);
  /** Batches, the newest last; together never fewer than the last `size`. */
  const recent: Answered[] = [];
  let last: Answered = { failed: 0, settled: 0 };
  let seen: Answered = { failed: 0, settled: 0 };
  let isWarned = false;
  const overRun = (): Answered => ({
    failed: before.failed + seen.failed,
    settled: before.settled + seen.settled,
  });
  const past = (threshold: Threshold): string | null =>
    passes(threshold, overRun(), size, 'of') ?? passes(threshold, last, size, 'of the last');
  return {
    look(totals) {
      const batch = less(totals, seen);
      seen = totals;
      if (batch.settled === 0) return null;
      recent.push(batch);
      last = { failed: last.failed + batch.failed, settled: last.settled + batch.settled };
      for (let [oldest] = recent; oldest && last.settled - oldest.settled >= size; [oldest] = recent) {
        last = less(last, oldest);
        recent.shift();
      }
      const warned = warn === undefined || isWarned ? null : past(warn);
      if (warned !== null) {
        isWarned = true;
        say(`${warned}: more than the push threshold warns of (${warn})`);
      }
      const stopped = stop === undefined ? null : past(stop);
      return stopped === null ? null : `${stopped}; the pipeline stops at ${stop}`;
    },
  };
}

function passes(
  threshold: Threshold,
  { failed, settled }: Answered,
  after: number,
  where: string,
): string | null {
  if (typeof threshold === 'string' && settled < after) return null;
  return exceeds(failed, settled, threshold)
    ? `${failed} ${where} ${settled} were refused or given up`
    : null;
}

const less = (from: Answered, what: Answered): Answered => ({
  failed: from.failed - what.failed,
  settled: from.settled - what.settled,
});
