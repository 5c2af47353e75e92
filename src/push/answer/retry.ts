/** How long to wait, and what a Retry-After means. Pure. */
import { backoffMs } from '../../ground/backoff.ts';

/** Before an operation is sent again. `attempt` counts from 1. */
export function waitBefore(
  attempt: number,
  random: () => number,
  bounds: { readonly backoffFirstMs: number; readonly backoffMostMs: number },
): number {
  return backoffMs(attempt, { firstMs: 2 * bounds.backoffFirstMs, mostMs: bounds.backoffMostMs }, random);
}

/** Further ahead than any wait: the clock by which it was noted has been set back since. */
export const backoffFarMs = ({ backoffMostMs }: { readonly backoffMostMs: number }): number =>
  2 * backoffMostMs;

interface RetryAfter {
  readonly waitMs: number;
  /** What the header said was beyond `mostMs`. */
  readonly capped: boolean;
}

/**
 * Retry-After (RFC 9110 10.2.3): seconds, or an HTTP date, compared with the answer's own Date where it has one, so
 * that a clock of ours that is off does no harm. Null for none, garbage, or a date gone by.
 */
export function retryAfter(
  headers: Readonly<Record<string, string>>,
  nowMs: number,
  mostMs: number,
): RetryAfter | null {
  const text = headers['retry-after']?.trim();
  if (text === undefined || text === '') return null;
  const waitMs = /^\d{1,15}(?:\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : untilDate(text, headers.date, nowMs);
  if (waitMs === null || !(waitMs > 0)) return null;
  return waitMs > mostMs ? { waitMs: mostMs, capped: true } : { waitMs: Math.ceil(waitMs), capped: false };
}

/** The three forms of an HTTP date all begin with the name of a day. */
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i;

function untilDate(text: string, date: string | undefined, nowMs: number): number | null {
  if (!httpDate.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  const answered = date !== undefined && httpDate.test(date) ? Date.parse(date) : Number.NaN;
  return at - (Number.isNaN(answered) ? nowMs : answered);
}
