/** A run against the usual: the last thirty runs of the pipeline, with the figures of their files. */

import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import { numbers, record } from '../../ground/json.ts';
import { type Counts, familyRows, noCounts } from '../../ledger/buckets.ts';
import type { Run } from '../../ledger/run.ts';

export interface Night {
  readonly run: string;
  readonly date: string;
  readonly rows: number;
  /** Of the only currency, as a number: for charts and shares, never for books. Null with several, or none. */
  readonly amount: number | null;
  /** Share of the rows read that need attention, 0 to 1. */
  readonly errorShare: number;
  /** From start to end. */
  readonly minutes: number | null;
  readonly pushSeconds: number;
  readonly p99Ms: number;
}

/** Runs before this one, oldest first; none for reruns and backfills. */
export async function nightsBefore(client: Client, run: Run): Promise<Night[]> {
  if (run.mode !== 'run') return [];
  const rows = await query(client, 'report/usual', { run: run.id });
  return rows
    .map((row) =>
      nightOf({
        run: row.id,
        date: row.businessDate ?? row.startedAt.toISOString().slice(0, 10),
        startedAt: row.startedAt,
        finishedAt: row.finishedAt,
        figures: record(row.figures),
      }),
    )
    .reverse();
}

/** One run as the comparison sees it. `figures` are those of pointferry.run_figures. */
export function nightOf(one: {
  readonly run: string;
  readonly date: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly figures: Readonly<Record<string, unknown>>;
}): Night {
  const rows: Counts = { ...noCounts(), ...numbers(one.figures.rows) };
  const amounts = Object.values(record(one.figures.amount));
  const read = amounts.length === 1 ? Number(record(amounts[0]).read) : Number.NaN;
  return {
    run: one.run,
    date: one.date,
    rows: rows.read,
    amount: Number.isFinite(read) ? read : null,
    errorShare: rows.read === 0 ? 0 : familyRows(rows, 'person') / rows.read,
    minutes: one.finishedAt ? (one.finishedAt.getTime() - one.startedAt.getTime()) / 60_000 : null,
    pushSeconds: numbers(one.figures.seconds).push ?? 0,
    p99Ms: numbers(one.figures.requests).p99Ms ?? 0,
  };
}

export interface Usual {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const fewest = 3;

/** The median of earlier values and the band of four in five, or null if there are too few. */
export function usualOf(values: readonly number[]): Usual | null {
  if (values.length < fewest) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? low;
    return low + (high - low) * (place - Math.floor(place));
  };
  return { low: at(0.1), middle: at(0.5), high: at(0.9) };
}

export interface Comparison {
  readonly nights: number;
  /** Of the usual number of rows: -0.02 is 2 % fewer. */
  readonly rows: number;
  readonly errorShare: number;
  readonly usualErrorShare: number;
  /** True if the run deviates enough to be flagged. */
  readonly look: boolean;
}

/** Returns null if there are too few earlier runs. */
export function compare(tonight: Night, before: readonly Night[]): Comparison | null {
  const rows = usualOf(before.map((night) => night.rows));
  const errors = usualOf(before.map((night) => night.errorShare));
  if (!rows || !errors) return null;
  const change = rows.middle === 0 ? 0 : (tonight.rows - rows.middle) / rows.middle;
  const worse = tonight.errorShare > errors.high && tonight.errorShare - errors.middle > 0.001;
  const odd = tonight.rows > rows.high * 1.2 || tonight.rows < rows.low * 0.8;
  return {
    nights: before.length,
    rows: change,
    errorShare: tonight.errorShare,
    usualErrorShare: errors.middle,
    look: worse || odd,
  };
}
