/**
 * `status`: of every pipeline the worst run that is open, else the last one; reruns that are not finished, what keeps accounts
 * from sending, and what to type.
 */

import type { Client } from '../../db/pool.ts';
import { run as query, runAs, runOne } from '../../db/sql.ts';
import { type ExitCode, exit, worstFirst, worstOf } from '../../ground/exit.ts';
import { numbers, record } from '../../ground/json.ts';
import { allowed } from '../../ground/threshold.ts';
import { type Counts, familyRows, noCounts } from '../../ledger/buckets.ts';
import { nextStep } from '../../ledger/next-step.ts';
import type { Status as RunStatus, Stage } from '../../ledger/run.ts';
import { storedPipeline } from '../../pipeline/definition.ts';
import { booksFrom, selectedBooks } from '../books/books.ts';

export interface StatusLine {
  readonly pipeline: string;
  readonly scope: 'nightly' | 'backfill' | 'rerun';
  readonly run: string;
  readonly status: string;
  readonly exitCode: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly rows: Counts;
  /** Files that were not taken, by verdict; duplicates are not among them. */
  readonly refused: Readonly<Record<string, number>>;
  /** Why it stopped, if it did. */
  readonly stopped: string | null;
  /** What to type, or null. */
  readonly do: string | null;
  /** Unfinished, or with rows that need attention; not given up. */
  readonly open: boolean;
  /** Given up by an operator: it does not count any more. */
  readonly dismissed: { readonly by: string; readonly note: string } | null;
  /** Of its pipeline and scope: how many other runs are open, and the last run if that is another one. */
  readonly others: number;
  readonly latest: Pick<StatusLine, 'run' | 'status' | 'exitCode' | 'finishedAt'> | null;
}

export interface AccountLine {
  readonly name: string;
  readonly platform: string;
  readonly stage: string;
  /** `ok`, or what keeps it from sending. */
  readonly state: string;
}

export interface Status {
  readonly now: Date;
  readonly lines: readonly StatusLine[];
  /** All runs that are open, the worst first. */
  readonly open: readonly StatusLine[];
  readonly accounts: readonly AccountLine[];
  /** Rows whose outcome is unknown, over all runs; without those that were given up. */
  readonly unknown: { readonly rows: number; readonly oldest: Date | null };
  readonly database: { readonly bytes: number; readonly schema: number; readonly held: number };
  /** Of the worst line. */
  readonly exitCode: ExitCode;
}

interface StoredRun {
  readonly id: string;
  readonly pipeline: string;
  readonly scope: StatusLine['scope'];
  readonly status: RunStatus;
  readonly exitCode: number | null;
  readonly stopCode: string | null;
  readonly stopReason: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly definition: unknown;
  readonly figures: unknown;
  readonly now: Date;
  readonly alive: boolean;
  readonly stage: Stage;
  /** The last one of its pipeline and scope. */
  readonly newest: boolean;
  /** Unfinished, and given up as a whole. */
  readonly dismissed: boolean;
  readonly dismissedBy: string | null;
  readonly dismissedNote: string | null;
  /** Some or all of its rows were given up. */
  readonly rowsDismissed: boolean;
  readonly refused: readonly { readonly verdict: string; readonly files: number }[];
}

interface StoredAccount {
  readonly name: string;
  readonly platform: string;
  readonly stage: string;
  readonly paused: boolean | null;
  readonly pauseReason: string | null;
  readonly stoppedAt: Date | null;
  readonly stopReason: string | null;
  readonly breaker: string;
}

/** A run with rows whose outcome is unknown. */
export interface UnknownRun {
  readonly run: string;
  readonly rows: number;
  readonly oldest: Date;
  /** Without those that were given up. */
  readonly open: number;
  readonly oldestOpen: Date | null;
}

/** Oldest first. */
export const unknownRuns = (client: Client): Promise<UnknownRun[]> => query(client, 'report/unknown-runs');

/** The run that began last, of any pipeline, or null if there is none. */
export async function latestRunId(client: Client): Promise<string | null> {
  const [latest] = await query(client, 'report/latest-run');
  return latest?.id ?? null;
}

/** Of one pipeline, or of all. The client's transaction is the snapshot. */
export async function statusOf(client: Client, pipeline: string | null = null): Promise<Status> {
  const stored = await runAs<StoredRun>(client, 'report/last-runs');
  const chosen = stored.filter((run) => pipeline === null || run.pipeline === pipeline);
  const listed: Listed[] = [];
  for (const run of chosen) listed.push({ ...(await lineOf(client, run)), newest: run.newest });
  const lines = shownOf(listed);
  const open = listed.filter((one) => one.open).map(({ newest: _newest, ...one }) => one);
  const accounts = (await query(client, 'report/accounts')).map(accountLine);
  const database = await runOne(client, 'report/database');
  const now = stored[0]?.now ?? new Date();
  const waiting = await unknownRuns(client);
  const unknown = {
    rows: waiting.reduce((sum, run) => sum + run.open, 0),
    oldest:
      waiting.flatMap(({ oldestOpen }) => oldestOpen ?? []).sort((a, b) => a.getTime() - b.getTime())[0] ??
      null,
  };
  const exitCode = worst([...lines, ...open]);
  return { now, lines, open: open.sort(byUrgency), accounts, unknown, database, exitCode };
}

type Listed = StatusLine & { readonly newest: boolean };

/** A line per pipeline and scope: the worst of its open runs and its last one, of equally bad ones the younger. A rerun is its own. */
function shownOf(listed: readonly Listed[]): StatusLine[] {
  const groups = Map.groupBy(listed, ({ pipeline, scope, run }) =>
    JSON.stringify(scope === 'rerun' ? [run] : [pipeline, scope]),
  );
  const lines = [...groups.values()].flatMap((own) => {
    // the statement returns the youngest first, and a stable sort keeps that order
    const candidates = own.filter((one) => one.open || one.newest || one.status === 'running');
    const [worstOne] = candidates.sort((a, b) => urgency(a) - urgency(b));
    if (!worstOne) return [];
    const { newest: isNewest, ...shown } = worstOne;
    const others = own.filter((one) => one.open && one.run !== shown.run).length;
    const last = isNewest ? undefined : own.find((one) => one.newest);
    return [{ ...shown, others, latest: last ? latestOf(last) : null }];
  });
  return lines.sort(byUrgency);
}

const latestOf = ({ run, status, exitCode, finishedAt }: StatusLine): StatusLine['latest'] => ({
  run,
  status,
  exitCode,
  finishedAt,
});

/** Runs whose files were never written are counted now; the figures of all others are those of their files. */
async function lineOf(client: Client, run: StoredRun): Promise<StatusLine> {
  const kept = record(record(run.figures).rows);
  const counted = run.figures === null || run.status === 'running';
  const count = run.scope === 'rerun' ? selectedBooks : booksFrom;
  const rows = counted ? (await count(client, run.id)).rows : { ...noCounts(), ...numbers(kept) };
  const died = run.status === 'running' && !run.alive;
  const status = died ? 'interrupted' : run.status;
  const exitCode = died ? exit.interrupted : run.exitCode;
  const dismissed = run.dismissed ? { by: run.dismissedBy ?? '', note: run.dismissedNote ?? '' } : null;
  const next = nextStep({
    ...run,
    status,
    exitCode,
    held: status === 'running',
    attention: familyRows(rows, 'person'),
  });
  return {
    pipeline: run.pipeline,
    scope: run.scope,
    run: run.id,
    status,
    exitCode,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    rows,
    refused: Object.fromEntries(run.refused.map(({ verdict, files }) => [verdict, files])),
    stopped: died ? 'its process died' : [run.stopCode, run.stopReason].filter(Boolean).join(': ') || null,
    do: next.command,
    open: status !== 'running' && dismissed === null && (await isOpen(client, run, rows)),
    dismissed,
    others: 0,
    latest: null,
  };
}

/** Unfinished, or finished with more rows that need attention than are tolerated or given up. Files alone keep no run open. */
async function isOpen(client: Client, run: StoredRun, rows: Counts): Promise<boolean> {
  if (run.stage !== 'done') return true;
  if (run.exitCode !== exit.rows) return false;
  const left = familyRows(rows, 'person') - (run.rowsDismissed ? await dismissedRows(client, run.id) : 0);
  return left > allowed(storedPipeline(run.definition).thresholds?.tolerate, rows.read);
}

const dismissedRows = async (client: Client, run: string): Promise<number> =>
  (await runOne(client, 'report/dismissed', { run })).rows;

function accountLine(account: StoredAccount): AccountLine {
  const { name, platform, stage } = account;
  const state = account.stoppedAt
    ? `STOPPED: ${account.stopReason}`
    : account.paused
      ? `PAUSED: ${account.pauseReason}`
      : account.breaker === 'closed'
        ? 'ok'
        : `the platform is failing, breaker ${account.breaker}`;
  return { name, platform, stage, state };
}

/** What was given up does not count any more. */
const codeOf = ({ exitCode, dismissed }: StatusLine): number | null => (dismissed ? exit.ok : exitCode);

const worst = (lines: readonly StatusLine[]): ExitCode => worstOf(lines.map(codeOf));

const urgency = (one: StatusLine): number => {
  const codes: readonly (number | null)[] = worstFirst;
  const place = codes.indexOf(codeOf(one));
  return place === -1 ? worstFirst.length : place;
};
const byUrgency = (a: StatusLine, b: StatusLine): number =>
  urgency(a) - urgency(b) || a.pipeline.localeCompare(b.pipeline);
