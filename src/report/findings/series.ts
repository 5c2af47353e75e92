/** What was sent over time, in few enough steps for a chart. */
import type { Client } from '../../db/pool.ts';
import { run as query, runOne } from '../../db/sql.ts';

export interface Point {
  readonly step: number;
  readonly sent: number;
  readonly throttled: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly inFlight: number;
}

export interface Series {
  readonly from: Date;
  /** Of one step. */
  readonly seconds: number;
  readonly steps: number;
  /** Steps in which something was sent. */
  readonly points: readonly Point[];
}

const mostSteps = 120;
const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400, 604_800];

/** Requests of a run over time, or null if nothing was sent. */
export async function seriesOf(client: Client, runId: string): Promise<Series | null> {
  const span = await runOne(client, 'report/series-span', {
    run: runId,
  });
  if (!span.first || !span.last) return null;
  const length = (span.last.getTime() - span.first.getTime()) / 1000;
  const seconds = nice.find((step) => length / step < mostSteps) ?? length / mostSteps;
  const points = await query(client, 'report/series', { run: runId, step: seconds });
  return { from: span.first, seconds, steps: Math.floor(length / seconds) + 1, points };
}

/** Ends of the steps of the histogram, in ms. */
export const latencyBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000] as const;

/** Requests per step; the first is below 1 ms, the last 30 s and more. */
export async function latenciesOf(client: Client, runId: string): Promise<number[]> {
  const rows = await query(client, 'report/latencies', {
    run: runId,
    bounds: [...latencyBounds],
  });
  const counts = Array.from({ length: latencyBounds.length + 1 }, () => 0);
  for (const { step, requests } of rows) counts[step] = requests;
  return counts;
}
