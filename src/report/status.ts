/** `status`: the last run of every pipeline and reruns that are not finished, what keeps accounts from sending, and what to type (drawing 3). */
import type { Client } from '../db/pool.ts';
import { run as query, runOne } from '../db/sql.ts';
import { type ExitCode, exit } from '../errors.ts';
import { booksFrom, selectedBooks } from './books.ts';
import { type Counts, familyRows, noCounts } from './buckets.ts';
import { local, nextLocal, zoneOf } from './clock.ts';
import { grouped } from './decimal.ts';
import { numbers, record } from './files.ts';
import { left, line, plain, plural, right } from './table.ts';

export interface StatusLine {
  readonly pipeline: string;
  readonly scope: 'nightly' | 'backfill' | 'rerun';
  readonly run: string;
  readonly status: string;
  readonly exitCode: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly rows: Counts;
  /** Files that were not taken, by verdict; duplicates are no trouble and not among them. */
  readonly refused: Readonly<Record<string, number>>;
  /** Why it stopped, if it did. */
  readonly stopped: string | null;
  /** What to type, or null. */
  readonly do: string | null;
  readonly nextRun: Date | null;
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
  readonly accounts: readonly AccountLine[];
  /** Rows whose outcome is unknown, over all runs. */
  readonly unknown: { readonly rows: number; readonly oldest: Date | null };
  readonly database: { readonly bytes: number; readonly schema: number; readonly held: number };
  /** Of the worst line. */
  readonly exitCode: ExitCode;
}

interface StoredRun {
  readonly id: string;
  readonly pipeline: string;
  readonly scope: StatusLine['scope'];
  readonly status: string;
  readonly exitCode: number | null;
  readonly stopCode: string | null;
  readonly stopReason: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly definition: unknown;
  readonly figures: unknown;
  readonly now: Date;
  readonly alive: boolean;
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
}

/** Of one pipeline, or of all. The client's transaction is the snapshot. */
export async function statusOf(client: Client, pipeline: string | null = null): Promise<Status> {
  const stored = await query<StoredRun>(client, 'report/last-runs');
  const chosen = stored.filter((run) => pipeline === null || run.pipeline === pipeline);
  const lines: StatusLine[] = [];
  for (const run of chosen) lines.push(await lineOf(client, run));
  const accounts = (await query<StoredAccount>(client, 'report/accounts')).map(accountLine);
  const database = await runOne<Status['database']>(client, 'report/database');
  const now = stored[0]?.now ?? new Date();
  const waiting = await query<UnknownRun>(client, 'report/unknown-runs');
  const unknown = {
    rows: waiting.reduce((sum, { rows }) => sum + rows, 0),
    oldest: waiting.map(({ oldest }) => oldest).sort((a, b) => a.getTime() - b.getTime())[0] ?? null,
  };
  return { now, lines: lines.sort(byUrgency), accounts, unknown, database, exitCode: worst(lines) };
}

/** Runs whose files were never written are counted now; all others say what their files said. */
async function lineOf(client: Client, run: StoredRun): Promise<StatusLine> {
  const definition = record(run.definition);
  const zone = zoneOf(definition);
  const kept = record(record(run.figures).rows);
  const counted = run.figures === null || run.status === 'running';
  const count = run.scope === 'rerun' ? selectedBooks : booksFrom;
  const rows = counted ? (await count(client, run.id)).rows : { ...noCounts(), ...numbers(kept) };
  const died = run.status === 'running' && !run.alive;
  const status = died ? 'interrupted' : run.status;
  const exitCode = died ? exit.interrupted : run.exitCode;
  const { at } = record(definition.schedule);
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
    do: todo(run.id, status, exitCode, rows),
    nextRun: typeof at === 'string' ? nextLocal(run.now, at, zone) : null,
  };
}

function todo(run: string, status: string, exitCode: number | null, rows: Counts): string | null {
  if (exitCode === exit.bug) return 'pointferry doctor';
  if (status === 'stopped') return `pointferry resume ${run} --accept-threshold`;
  if (status === 'failed' || status === 'interrupted') return `pointferry resume ${run}`;
  return familyRows(rows, 'person') > 0 && status !== 'running' ? `pointferry errors ${run} --group` : null;
}

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

const order: readonly ExitCode[] = [
  exit.config,
  exit.bug,
  exit.fatal,
  exit.threshold,
  exit.noInput,
  exit.interrupted,
  exit.rows,
];

const worst = (lines: readonly StatusLine[]): ExitCode =>
  order.find((code) => lines.some((one) => one.exitCode === code)) ?? exit.ok;

const urgency = ({ exitCode }: StatusLine): number => {
  const codes: readonly (number | null)[] = order;
  const place = codes.indexOf(exitCode);
  return place === -1 ? order.length : place;
};
const byUrgency = (a: StatusLine, b: StatusLine): number =>
  urgency(a) - urgency(b) || a.pipeline.localeCompare(b.pipeline);

function mark({ status, exitCode }: StatusLine): string {
  if (status === 'running') return '..';
  if (exitCode === exit.ok) return 'ok';
  return exitCode === exit.rows || exitCode === exit.interrupted ? '! ' : '!!';
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** For people, at most 100 columns; times are shown in the zone of whoever looks. */
export function statusText(status: Status, zone = ownZone()): string[] {
  const head = `    ${left('pipeline', 22)} ${left('run', 8)} ${left('ended', 10)}${right('read', 11)}${right('done', 11)}${right('person', 9)}${right('waits', 9)}  exit`;
  const lines = status.lines.flatMap((one) => pipelineLines(one, status.now, zone));
  const accounts = status.accounts.map(({ name, stage, state }, index) =>
    line(
      ` ${left(index === 0 ? 'accounts' : '', 10)} ${left(plain(name), 24)} ${left(stage, 11)} ${plain(state)}`,
    ),
  );
  const { bytes, schema, held } = status.database;
  const { rows, oldest } = status.unknown;
  const unknown = oldest
    ? [
        line(
          ` unknown    ${grouped(rows)} ${plural(rows, 'row')}, the oldest since ${shortTime(oldest, zone, status.now)}: pointferry errors --unknown`,
        ),
      ]
    : [];
  return [
    ...(lines.length > 0
      ? [line(head), ...lines]
      : ['  no run yet: pointferry run <pipeline>, or pointferry demo']),
    '',
    ...accounts,
    ...unknown,
    line(
      ` database   ${sizeText(bytes)}, schema ${schema}   held: ${held === 0 ? 'none' : `${held} running`}`,
    ),
  ];
}

function pipelineLines(one: StatusLine, now: Date, zone: string): string[] {
  const { rows } = one;
  const name = one.scope === 'nightly' ? one.pipeline : `${one.pipeline} (${one.scope})`;
  const figures = [
    right(grouped(rows.read), 11),
    right(grouped(familyRows(rows, 'done')), 11),
    right(grouped(familyRows(rows, 'person')), 9),
    right(grouped(familyRows(rows, 'waits')), 9),
  ].join('');
  const first = ` ${mark(one)} ${left(plain(name), 22)} ${left(one.run, 8)} ${left(ended(one, now, zone), 10)}${figures}  ${one.exitCode ?? ''}`;
  const files = Object.entries(one.refused).map(([verdict, count]) => `${count} ${verdict}`);
  const more = [
    files.length > 0 ? `      files: ${files.join(', ')}: pointferry status ${one.run}` : '',
    one.stopped ? `      stopped: ${plain(one.stopped)}` : '',
    one.do ? `      do: ${one.do}` : '',
    one.nextRun ? `      next run ${shortTime(one.nextRun, zone, now)}` : '',
  ];
  return [first, ...more].filter(Boolean).map((text) => line(text));
}

const ended = (one: StatusLine, now: Date, zone: string): string =>
  one.finishedAt && one.status !== 'running' ? shortTime(one.finishedAt, zone, now) : one.status;

/** The time today, else the day and the time. */
function shortTime(at: Date, zone: string, now: Date): string {
  const shown = local(at, zone);
  const time = shown.time.slice(0, 5);
  const days = Math.abs(at.getTime() - now.getTime()) / 86_400_000;
  if (shown.date === local(now, zone).date) return time;
  return days < 6 ? `${shown.weekday} ${time}` : shown.date;
}

function sizeText(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
