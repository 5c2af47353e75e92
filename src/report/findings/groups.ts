/** Groups of errors: rows that have the same code, field and platform code, under a number that never changes. */

import type { Client, Db } from '../../db/pool.ts';
import { run as query, runAs } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import { PointferryError } from '../../ground/errors.ts';
import { type Bucket, isBucket, perBucket } from '../../ledger/buckets.ts';
import type { RunFile } from '../../ledger/file.ts';
import { type Dismissed, type DismissedColumns, dismissedFrom, type Run } from '../../ledger/run.ts';
import { type Amounts, amountRule, type Cell, gather, withRead } from '../books/amounts.ts';
import { hintOf, rowId } from './line.ts';
import { columnsOfField } from './source-columns.ts';

export interface ErrorGroup {
  readonly number: number;
  readonly code: string;
  /** Source columns, joined with `+`. */
  readonly field: string;
  /** As the ledger has it: the kind's field for what came from the platform. */
  readonly ledgerField: string;
  /** The platform's own code, or null. */
  readonly platformCode: string | null;
  readonly rows: number;
  readonly operations: number;
  readonly buckets: Readonly<Record<Bucket, number>>;
  readonly amount: Amounts;
  /** The first and the last row of it, in the order of the files. */
  readonly first: RowPlace;
  readonly last: RowPlace;
  readonly hint: string;
  /** Covers the rows that were in the group at that time; later ones count. */
  readonly dismissed: Dismissed | null;
}

export interface RowPlace {
  readonly file: number;
  readonly record: number;
  readonly id: string;
}

interface Stored extends DismissedColumns {
  readonly number: number;
  readonly code: string;
  readonly field: string;
  readonly platformCode: string;
  readonly bucket: string;
  readonly currency: string | null;
  readonly ofKind: boolean;
  readonly rows: number;
  readonly operations: number;
  readonly amount: string;
  readonly unreadable: number;
  readonly first: readonly [number, number, number];
  readonly last: readonly [number, number, number];
}

/** Numbers the groups that have none yet. Call it before the snapshot that is reported from. */
export async function numberGroups(db: Db, runId: string): Promise<void> {
  await inTransaction(db, (client) => query(client, 'report/number-groups', { run: runId }), {
    idempotent: true,
    statementTimeoutMs: 600_000,
  });
}

/** The groups of a run by their number. */
export async function groupsOf(client: Client, run: Run, files: readonly RunFile[]): Promise<ErrorGroup[]> {
  const stored = await runAs<Stored>(client, 'report/groups', { run: run.id });
  const fallback = amountRule(run)?.currency;
  const known = Map.groupBy(stored, ({ code, field, platformCode }) =>
    JSON.stringify([code, field, platformCode]),
  );
  return [...known.values()].map((parts) => groupOf(parts, run, files, fallback)).sort(byNumber);
}

/** The group of that number. Throws CONFIG_USAGE if the run has none. */
export function findGroup(
  { run, groups }: { readonly run: Run; readonly groups: readonly ErrorGroup[] },
  number: number,
): ErrorGroup {
  const group = groups.find((one) => one.number === number);
  if (group) return group;
  const there = groups.map((one) => one.number).join(', ') || 'none';
  throw new PointferryError('CONFIG_USAGE', `run ${run.id} has no group ${number}; there are: ${there}`, {
    hint: `pointferry errors ${run.id} --group`,
  });
}

/** A group that lost the race for its number comes last. */
const byNumber = (left: ErrorGroup, right: ErrorGroup): number =>
  (left.number || Number.MAX_SAFE_INTEGER) - (right.number || Number.MAX_SAFE_INTEGER);

function groupOf(
  parts: readonly Stored[],
  run: Run,
  files: readonly RunFile[],
  fallback: string | undefined,
): ErrorGroup {
  const [part] = parts;
  if (!part) throw new RangeError('a group of errors without rows');
  const sum = (pick: (one: Stored) => number): number => parts.reduce((total, one) => total + pick(one), 0);
  const places = parts.map((one) => one.first).sort(byPlace);
  const ends = parts.map((one) => one.last).sort(byPlace);
  const first = placeOf(places[0] ?? part.first);
  const file = files.find((one) => one.id === first.file);
  const buckets = perBucket(() => 0);
  for (const one of parts) if (isBucket(one.bucket)) buckets[one.bucket] += one.rows;
  return {
    number: part.number,
    code: part.code,
    field: file ? columnsOfField(run.definition, part.field, part.ofKind, file).join('+') : part.field,
    ledgerField: part.field,
    platformCode: part.platformCode === '' ? null : part.platformCode,
    rows: sum((one) => one.rows),
    operations: sum((one) => one.operations),
    buckets,
    amount: fallback === undefined ? {} : amountsOf(parts, fallback),
    first,
    last: placeOf(ends.at(-1) ?? part.last),
    hint: hintOf(part.code),
    dismissed: dismissedFrom(part),
  };
}

type Place = readonly [place: number, file: number, record: number];
const byPlace = (left: Place, right: Place): number =>
  left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
const placeOf = ([, file, record]: Place): RowPlace => ({ file, record, id: rowId(file, record) });

/** A group has one amount: that of its rows as first read. */
function amountsOf(parts: readonly Stored[], fallback: string): Amounts {
  const cells: Cell[] = parts.map((one) => ({
    file: 0,
    bucket: 'rejected',
    currency: one.currency ?? fallback,
    rows: one.rows,
    amount: one.amount,
    unreadable: one.unreadable,
    corrected: '0',
  }));
  const gathered = gather(cells);
  const left = Object.entries(gathered).map(([currency, one]) => [
    currency,
    { sum: one.buckets.rejected, unreadable: one.unreadable.rejected },
  ]);
  return withRead(gathered, Object.fromEntries(left));
}
