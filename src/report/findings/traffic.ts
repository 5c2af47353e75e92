/** What was sent on behalf of a run: operations and requests. */

import type { Client } from '../../db/pool.ts';
import { run as query, runOne } from '../../db/sql.ts';
import { limitsOf, type RateWindow, windowsOf } from '../../destinations/limits.ts';
import { add } from '../../ground/decimal.ts';
import { type Bucket, isBucket, perBucket } from '../../ledger/buckets.ts';
import type { Run } from '../../ledger/run.ts';

export type Operations = { readonly total: number; readonly value: string } & Readonly<
  Record<Bucket, number>
>;

/** Operations of a run (of a rerun: those of the rows it took). `value`: of the delivered ones, as sent. */
export async function operationsOf(client: Client, run: Run): Promise<Operations> {
  const name = run.mode === 'rerun' ? 'report/selected-operations' : 'report/operations';
  const rows = await query(client, name, {
    run: run.id,
  });
  const counts = perBucket(() => 0);
  for (const row of rows) if (isBucket(row.bucket)) counts[row.bucket] += row.operations;
  return {
    total: rows.reduce((sum, row) => sum + row.operations, 0),
    ...counts,
    value: rows.reduce((sum, row) => add(sum, row.value), '0'),
  };
}

export interface Requests {
  readonly sent: number;
  /** Sent again: after a 429, a transient failure or in doubt. */
  readonly retried: number;
  readonly throttled: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of the tightest limit while it was sending, 0 to 1. */
  readonly limitUsed: number;
}

export async function requestsOf(client: Client, run: Run): Promise<Requests> {
  const { sent, retried, throttled, p50, p99, sending } = await runOne(client, 'report/requests', {
    run: run.id,
  });
  const used = limitUsed(sent, sending * 1_000, windowsOf(limitsOf(run.accountDefinition)));
  return {
    sent,
    retried,
    throttled,
    p50Ms: rounded(p50, 1),
    p99Ms: rounded(p99, 1),
    limitUsed: rounded(used, 3),
  };
}

const rounded = (value: number | null, digits: number): number => Number((value ?? 0).toFixed(digits));

/** A window that was never filled as long as it is has room for a whole limit. */
function limitUsed(sent: number, sendingMs: number, windows: readonly RateWindow[]): number {
  const shares = windows.map(({ limit, perMs }) => (sent * perMs) / (limit * Math.max(sendingMs, perMs)));
  return Math.min(1, Math.max(0, ...shares));
}
