/** When a push of so many requests will have ended, under the limits of the account. */
import type { Client } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';
import { type Limits, type RateWindow, windowsOf } from '../../destinations/limits.ts';
import { type Duration, durationText } from '../../ground/duration.ts';

/** What decides how long a push takes: a window, or that answers take their time and only so many requests wait for one. */
export type Binding =
  | { readonly limit: number; readonly perMs: number; readonly per: Duration }
  | { readonly maxInFlight: number; readonly latencyMs: number };

export interface Estimate {
  readonly ms: number;
  readonly binding: Binding;
  /** What an answer of the account took on average, of late; null: it has not answered yet. */
  readonly latencyMs: number | null;
}

/**
 * Requests leave at the pace of the shortest window, or as fast as answers make room for the next ones. A longer window
 * lets its limit through at that pace and makes the rest wait for the next window; the last part is sent at the pace again.
 */
export function estimate(calls: number, limits: Limits, latencyMs: number | null): Estimate {
  const { pace, maxInFlight } = limits;
  const paceMs = pace.perMs / pace.limit;
  const answersMs = (latencyMs ?? 0) / maxInFlight;
  const everyMs = Math.max(paceMs, answersMs);
  let ms = calls * everyMs;
  let binding: Binding =
    latencyMs !== null && answersMs > paceMs ? { maxInFlight, latencyMs } : windowBinding(pace);
  for (const window of windowsOf(limits).slice(1)) {
    const full = Math.max(0, Math.ceil(calls / window.limit) - 1);
    const waitingMs = full * window.perMs + (calls - full * window.limit) * everyMs;
    if (waitingMs > ms) [ms, binding] = [waitingMs, windowBinding(window)];
  }
  return { ms, binding, latencyMs };
}

const windowBinding = ({ limit, perMs }: RateWindow): Binding => ({ limit, perMs, per: durationText(perMs) });

/** Average answer time of the account's last requests in whole ms; null where none was answered of late. */
export async function observedLatency(client: Client, account: string): Promise<number | null> {
  const { ms } = await runOne(client, 'report/observed-latency', { account });
  return ms === null ? null : Math.round(ms);
}
