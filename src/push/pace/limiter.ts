/**
 * The limit of the window within this process, kept by bottleneck. It reads the wall clock, and waits for as long as that
 * was set back: a clock that was set gets another limiter.
 */
import Bottleneck from 'bottleneck';
import type { RateWindow } from '../../destinations/limits.ts';

interface Limiter {
  /** Runs `release` when the reservoir holds so much; rejects when the clock was set while it waited. */
  readonly schedule: (weight: number, release: () => void) => Promise<void>;
  readonly flowBack: (weight: number) => void;
  readonly close: () => Promise<void>;
}

/** Wall and monotonic clock run alike; where they come apart by more than this, somebody set the clock. */
const clockSetMs = 20;
const clockOffset = (): number => Date.now() - performance.now();

export function createLimiter(pace: RateWindow): Limiter {
  let out = 0; // of the window's limit, what has not flowed back
  let offset = clockOffset();
  let bottleneck = new Bottleneck({ reservoir: pace.limit });
  const end = async (old: Bottleneck): Promise<void> => {
    await old.stop({ dropWaitingJobs: true }).catch(() => undefined);
    await old.disconnect();
  };
  const byTodaysClock = (): Bottleneck => {
    if (Math.abs(clockOffset() - offset) <= clockSetMs) return bottleneck;
    offset = clockOffset();
    void end(bottleneck);
    bottleneck = new Bottleneck({ reservoir: pace.limit - out });
    return bottleneck;
  };
  return {
    schedule: (weight, release) =>
      byTodaysClock().schedule({ weight }, async () => {
        out += weight;
        release();
      }),
    flowBack(weight) {
      out -= weight;
      void bottleneck.incrementReservoir(weight);
    },
    close: () => end(bottleneck),
  };
}
