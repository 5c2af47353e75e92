/**
 * What retries may take of the requests, so that a platform in trouble is not given more of it by us: one request in
 * ten, and a reserve, so that single failures of small runs are not felt. Each process has its own; tenths of parts
 * are a tenth of the whole. What a limit, a pause or a stop sent back was no attempt, and no retry. A retry waits for
 * room a minute at most (`retryPatienceMs`): a platform that stays ill must not let keys be forgotten meanwhile.
 *
 * Finagle's RetryBudget is of this shape, and so is gRPC's retry throttling (gRFC A6).
 */
import type { RateWindow } from '../../destinations/limits.ts';

export interface RetryBudget {
  /** Retries that may be begun now. */
  readonly left: (now: number) => number;
  readonly spend: (retries: number) => void;
  /** A request left that is no retry. */
  readonly earn: (now: number) => void;
}

/** One in ten of all is one for nine others. */
const perFirst = 1 / 9;
const reserve = 10;
/** Without a first request for so long there is nothing else to send: retries alone may take a tenth of the limit. */
const aloneAfterMs = 1_000;

export function createBudget(pace: RateWindow): RetryBudget {
  const everyMs = (10 * pace.perMs) / pace.limit;
  let saved = reserve;
  let aloneFrom = 0;
  /** Adds the budget earned while there was no new work. */
  const grow = (now: number): void => {
    if (now <= aloneFrom) return;
    saved = Math.min(reserve, saved + (now - aloneFrom) / everyMs);
    aloneFrom = now;
  };
  return {
    left(now) {
      grow(now);
      return Math.floor(saved);
    },
    spend(retries) {
      saved -= retries;
    },
    earn(now) {
      grow(now);
      aloneFrom = now + aloneAfterMs;
      saved = Math.min(reserve, saved + perFirst);
    },
  };
}
