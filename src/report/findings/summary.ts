/** summary.json: what became of a run, for other programs (docs/contract.md#summaryjson). */

import type { Client } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';
import { exit } from '../../ground/exit.ts';
import { type Bucket, buckets, type Counts, familyRows, perBucket } from '../../ledger/buckets.ts';
import { filesOf } from '../../ledger/file.ts';
import { nextStep } from '../../ledger/next-step.ts';
import { type Dismissed, type Run, readRun } from '../../ledger/run.ts';
import type { Amounts } from '../books/amounts.ts';
import { type Books, booksFrom, type FileBooks, selectedBooks } from '../books/books.ts';
import { type ErrorGroup, groupsOf } from './groups.ts';
import { type Privacy, privacyOfKind } from './privacy.ts';
import { type Operations, operationsOf, type Requests, requestsOf } from './traffic.ts';
import { type Night, nightsBefore } from './usual.ts';
import { type Waiting, waitingOf } from './waiting.ts';
import { type Withdrawn, withdrawnBy, withdrawnOf } from './withdrawn.ts';

/** Everything that the files of a run say, read from one snapshot. */
export interface Findings {
  readonly run: Run;
  readonly books: Books;
  /** Of a rerun: the rows of its selection, as they are now in the runs that read them. */
  readonly selected: Books | null;
  readonly operations: Operations;
  readonly requests: Requests;
  readonly groups: readonly ErrorGroup[];
  readonly waiting: Waiting;
  readonly withdrawn: readonly Withdrawn[];
  /** What was given up: rows of groups, or all of the run. */
  readonly dismissed: { readonly rows: number; readonly all: boolean };
  /** What may be shown of its rows. */
  readonly privacy: Privacy;
  /** Earlier runs of the pipeline, oldest first. */
  readonly before: readonly Night[];
}

export type AmountSummary = Readonly<Record<Bucket | 'read' | 'corrected', string>> & {
  readonly unreadable: number;
};

export interface SummaryFile {
  readonly name: string;
  readonly sha256: string | null;
  readonly contentSha256: string | null;
  readonly bytes: number;
  readonly records: number;
  readonly skippedLines: number;
  readonly verdict: string;
  readonly code: string | null;
  readonly earlierRun: string | null;
  readonly rows: Counts;
  /** Only of a correction that left some out: rows of the file it corrects that it no longer holds. */
  readonly withdrawn?: number;
}

/** Given up with `dismiss`: by whom, when, and why. */
export interface DismissedText {
  readonly by: string;
  readonly at: string;
  readonly note: string;
}

/** A file that was written whole. */
export interface Output {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Summary {
  readonly run: string;
  readonly pipeline: string;
  readonly account: string;
  readonly mode: string;
  readonly businessDate: string | null;
  readonly actor: string;
  readonly version: number;
  readonly asOf: string;
  readonly status: string;
  readonly exitCode: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly files: readonly SummaryFile[];
  readonly rows: Counts | null;
  readonly amount: Readonly<Record<string, AmountSummary>> | null;
  readonly balanced: boolean;
  readonly of: readonly string[];
  readonly selected: (Counts & { readonly amount: Readonly<Record<string, AmountSummary>> | null }) | null;
  readonly carried: Readonly<Record<Bucket, number>>;
  readonly operations: Operations;
  readonly requests: Requests;
  readonly seconds: Readonly<Record<'read' | 'stage' | 'normalize' | 'push' | 'report', number>>;
  readonly errors: readonly {
    readonly group: number;
    readonly code: string;
    readonly field: string;
    readonly platformCode: string | null;
    readonly rows: number;
    readonly sample: string;
    readonly hint: string;
    /** Only of a group that was given up. */
    readonly dismissed?: DismissedText;
  }[];
  /** Only of a run that was given up. */
  readonly dismissed?: DismissedText;
  readonly next: string | null;
  /** The other files of the run's folder; they were whole before this one was written. */
  readonly outputs: readonly Output[];
}

/** Reads everything from the client's transaction, which should be one snapshot. Throws CONFIG_USAGE for an unknown run. */
export async function findingsOf(client: Client, runId: string): Promise<Findings> {
  const run = await readRun(client, runId);
  const books = await booksFrom(client, runId);
  return {
    run,
    books,
    selected: run.mode === 'rerun' ? await selectedBooks(client, runId) : null,
    operations: await operationsOf(client, run),
    requests: await requestsOf(client, run),
    groups: await groupsOf(client, run, await filesOf(client, runId)),
    waiting: await waitingOf(client, runId),
    withdrawn: await withdrawnOf(client, runId),
    dismissed: await runOne(client, 'report/dismissed', { run: runId }),
    privacy: await privacyOfKind(run.kind),
    before: await nightsBefore(client, run),
  };
}

/** The document. `outputs` are the other files of the folder. */
export function summaryOf(findings: Findings, outputs: readonly Output[] = []): Summary {
  const { run, books, selected, groups } = findings;
  const carried = perBucket((bucket) => run.carried[bucket] ?? 0);
  const seconds = (stage: string): number => run.seconds[stage] ?? 0;
  return {
    run: run.id,
    pipeline: run.pipeline,
    account: run.account,
    mode: run.mode,
    businessDate: run.businessDate,
    actor: run.actor,
    version: run.version,
    asOf: run.asOf.toISOString(),
    status: run.status,
    exitCode: run.exitCode,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    files: books.files.map((file) => fileSummary(file, findings.withdrawn)),
    rows: selected ? null : books.rows,
    amount: selected ? null : amountSummary(books.amount),
    balanced: books.balanced,
    of: run.of,
    selected: selected ? { ...selected.rows, amount: amountSummary(selected.amount) } : null,
    carried,
    operations: findings.operations,
    requests: findings.requests,
    seconds: {
      read: seconds('read'),
      stage: seconds('stage'),
      normalize: seconds('normalize'),
      push: seconds('push'),
      report: seconds('report'),
    },
    errors: groups.map((group) => ({
      group: group.number,
      code: group.code,
      field: group.field,
      platformCode: group.platformCode,
      rows: group.rows,
      sample: group.first.id,
      hint: group.hint,
      ...dismissedText(group.dismissed),
    })),
    ...dismissedText(run.dismissed),
    next: nextCommand(findings),
    outputs,
  };
}

const dismissedText = (dismissed: Dismissed | null): { dismissed?: DismissedText } =>
  dismissed === null ? {} : { dismissed: { ...dismissed, at: dismissed.at.toISOString() } };

function fileSummary({ file, rows }: FileBooks, withdrawn: readonly Withdrawn[]): SummaryFile {
  const left = withdrawnBy(file.id, withdrawn);
  return {
    name: file.name,
    sha256: file.sha256,
    contentSha256: file.contentSha256,
    bytes: file.bytes,
    records: file.records,
    skippedLines: Object.values(file.skipped).reduce((sum, lines) => sum + lines, 0),
    verdict: file.verdict,
    code: file.code,
    earlierRun: file.earlierRun,
    rows,
    ...(left === 0 ? {} : { withdrawn: left }),
  };
}

function amountSummary(amounts: Amounts | null): Readonly<Record<string, AmountSummary>> | null {
  if (!amounts) return null;
  const entries = Object.entries(amounts).map(([currency, one]) => {
    const perBucketText = Object.fromEntries(buckets.map((bucket) => [bucket, one.buckets[bucket]]));
    const { read, corrected } = one;
    const summary = { read, corrected, ...perBucketText, unreadable: one.unreadable.read };
    return [currency, summary as AmountSummary] as const;
  });
  return Object.fromEntries(entries);
}

/** Rows of a run, or those that a rerun took. */
export const rowsOfRun = (findings: Findings): Counts => (findings.selected ?? findings.books).rows;

/** What to type next, or null if there is nothing to do. */
export function nextCommand(findings: Findings): string | null {
  const { run, books, dismissed } = findings;
  return nextStep({
    ...run,
    // its own process holds it while its files are written
    held: run.status === 'running' && books.balanced,
    exitCode: books.balanced ? run.exitCode : exit.bug,
    dismissed: run.dismissed !== null,
    attention: familyRows(rowsOfRun(findings), 'person') - dismissed.rows,
  }).command;
}
