/**
 * The books: rows read against the bucket of each, and the same for the amount per currency. The left side is
 * what the parser counted and stage summed when the file landed; the right side is counted from the rows. They come
 * from different places, or the check proves nothing (docs/architecture.md#rows-and-buckets).
 */

import type { Client, Db } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import { add, subtract } from '../../ground/decimal.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { buckets, type Counts, isBucket, noCounts } from '../../ledger/buckets.ts';
import { filesOf, type RunFile } from '../../ledger/file.ts';
import { rawTable } from '../../ledger/raw-table.ts';
import { readRun } from '../../ledger/run.ts';
import {
  type Amounts,
  amountDifferences,
  amountRule,
  type Cell,
  gather,
  stagedAmounts,
  withRead,
} from './amounts.ts';

export interface FileBooks {
  readonly file: RunFile;
  readonly rows: Counts;
}

export interface Books {
  readonly rows: Counts;
  /** By currency, '?' if the row does not say. Null if the pipeline has no amount. */
  readonly amount: Amounts | null;
  readonly balanced: boolean;
  /** What is missing or too much, one sentence each. Empty when balanced. */
  readonly differences: readonly string[];
  readonly files: readonly FileBooks[];
}

type Stored = Omit<Cell, 'bucket' | 'currency'> & {
  readonly bucket: string;
  readonly currency: string | null;
};

/** The books of a run, from one snapshot. Throws DatabaseError, and CONFIG_USAGE for a run that is not there. */
export const booksOf = (db: Db, runId: string): Promise<Books> =>
  inTransaction(db, (client) => booksFrom(client, runId), { isolation: 'repeatable read', readOnly: true });

/** The rows of a rerun's selection by bucket, from one snapshot. */
export const booksOfSelected = (db: Db, runId: string): Promise<Books> =>
  inTransaction(db, (client) => selectedBooks(client, runId), {
    isolation: 'repeatable read',
    readOnly: true,
  });

/** The books of a run as the client's transaction sees them. */
export async function booksFrom(client: Client, runId: string): Promise<Books> {
  const rule = amountRule(await readRun(client, runId));
  const files = (await filesOf(client, runId)).filter((file) => file.run === runId);
  const cells = (await query(client, 'report/books', { run: runId })).map(toCell(rule?.currency));
  for (const file of files) {
    if (file.verdict === 'staged' && !file.normalized)
      cells.push(...(await notNormalized(client, file, cells, rule?.currency ?? '?')));
  }
  return balance(files, cells, rule);
}

/** The rows of a rerun's selection by bucket; `read` is their number. They balance in the runs that read them. */
export async function selectedBooks(client: Client, runId: string): Promise<Books> {
  const rule = amountRule(await readRun(client, runId));
  const cells = (await query(client, 'report/selected', { run: runId })).map(toCell(rule?.currency));
  const rows = countRows(cells);
  const amount = gather(cells);
  const left = Object.fromEntries(Object.entries(amount).map(([currency, one]) => [currency, readOf(one)]));
  return {
    rows: { ...rows, read: totalOf(rows) },
    amount: rule ? withRead(amount, left) : null,
    balanced: true,
    differences: [],
    files: [],
  };
}

/** Throws exit code 70 with the differences when the books do not balance. */
export function assertBalanced(books: Books, runId: string): void {
  if (books.balanced) return;
  const said = books.differences.join('; ');
  throw new PointferryError('REPORT_NOT_BALANCED', `the books of run ${runId} do not balance: ${said}`, {
    exitCode: exit.bug,
  });
}

const readOf = (one: Amounts[string]): { sum: string; unreadable: number } => ({
  sum: buckets.reduce((sum, bucket) => add(sum, one.buckets[bucket]), '0'),
  unreadable: buckets.reduce((sum, bucket) => sum + one.unreadable[bucket], 0),
});

const toCell =
  (fallback = '?') =>
  (row: Stored): Cell => {
    if (!isBucket(row.bucket)) throw new RangeError('the database knows a bucket that this version does not');
    return { ...row, bucket: row.bucket, currency: row.currency ?? fallback };
  };

/**
 * Records of a file that normalize has not reached are in its raw table only, and pending. Their amount is what
 * stage summed less what the file's rows already hold, since nothing else has read it yet.
 */
async function notNormalized(
  client: Client,
  file: RunFile,
  cells: readonly Cell[],
  fallback: string,
): Promise<Cell[]> {
  const own = cells.filter((cell) => cell.file === file.id);
  const rows = await rowsWaiting(client, file, own);
  const waiting = { file: file.id, bucket: 'pending' as const, corrected: '0' };
  const amounts = Object.entries(stagedAmounts([file], fallback)).map(([currency, left]) => {
    const known = own.filter((cell) => cell.currency === currency);
    return {
      ...waiting,
      currency,
      rows: 0,
      amount: known.reduce((rest, cell) => subtract(rest, cell.amount), left.sum),
      unreadable: Math.max(
        0,
        known.reduce((rest, cell) => rest - cell.unreadable, left.unreadable),
      ),
    };
  });
  return [{ ...waiting, currency: fallback, rows, amount: '0', unreadable: 0 }, ...amounts];
}

/** Where the raw table is gone, all that is known of its rows is that the parser counted them. */
async function rowsWaiting(client: Client, file: RunFile, own: readonly Cell[]): Promise<number> {
  if (file.rawTable === null) return own.reduce((rest, cell) => rest - cell.rows, file.records);
  const { rows } = await client.query<{ rows: number }>(
    `select count(*) as rows from ${rawTable(file.rawTable)} t
      where not exists (select from pointferry.row r where r.file = $1 and r.record = t._record)`,
    [file.id],
  );
  return rows[0]?.rows ?? 0;
}

function balance(
  files: readonly RunFile[],
  cells: readonly Cell[],
  rule: { currency: string } | null,
): Books {
  const perFile = files.map((file) => ({
    file,
    rows: { ...countRows(cells.filter((cell) => cell.file === file.id)), read: file.records },
  }));
  const amount = rule ? withRead(gather(cells), stagedAmounts(files, rule.currency)) : null;
  const differences = [...perFile.flatMap(rowDifference), ...amountDifferences(amount ?? {})];
  const read = files.reduce((sum, file) => sum + file.records, 0);
  return {
    rows: { ...countRows(cells), read },
    amount,
    balanced: differences.length === 0,
    differences,
    files: perFile,
  };
}

function countRows(cells: readonly Cell[]): Counts {
  const rows = noCounts();
  for (const cell of cells) rows[cell.bucket] += cell.rows;
  return rows;
}

const totalOf = (rows: Counts): number => buckets.reduce((sum, bucket) => sum + rows[bucket], 0);

/** Per file, so that one file's surplus never hides what another one lacks. */
function rowDifference({ file, rows }: FileBooks): string[] {
  const total = totalOf(rows);
  if (total === rows.read) return [];
  return [`${file.name}: ${rows.read} rows read, ${total} accounted for, difference ${rows.read - total}`];
}
