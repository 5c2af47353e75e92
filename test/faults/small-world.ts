/**
 * A small world, for a story that needs a certain answer, delay or decision: a folder with accounts, pipelines and files of
 * the story's own, a database, and a judge as the platform. What was applied is asked of the judge alone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type CliProcess, type Ended, repository, startCli } from '../world/cli.ts';
import { type Asked, type Judge, startJudge } from './judge.ts';
import type { Server } from './server.ts';

export interface SmallWorldOptions {
  readonly server: Server;
  readonly root?: string;
  /** By name in the folder: `pipelines/…`, `in/…`. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a new one of the server. */
  readonly databaseUrl?: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly under?: readonly string[];
  readonly boundMs?: number;
}

export interface SmallWorld {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly judge: Judge;
  readonly ends: readonly Ended[];
  readonly start: (args: readonly string[], how?: StartOptions) => CliProcess;
  readonly run: (pipeline: string, how?: StartOptions) => CliProcess;
  readonly write: (name: string, text: string) => void;
  readonly query: <R extends object>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  readonly close: (keep?: boolean) => Promise<void>;
}

/** A second is usual; this many are a hang. */
const boundMs = 60_000;

export async function makeSmallWorld(options: SmallWorldOptions): Promise<SmallWorld> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-faults-'));
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(options.files)) write(name, text);
  mkdirSync(path.join(folder, 'tmp'));
  const judge = await startJudge();
  const databaseUrl = options.databaseUrl ?? (await options.server.clone());
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => undefined);
  const env = { ...environment(folder, judge.url, databaseUrl), ...options.env };
  const ends: Ended[] = [];
  const running = new Set<CliProcess>();
  const start: SmallWorld['start'] = (args, how = {}) => {
    const importer = startCli({
      root: options.root ?? repository,
      args,
      env: { ...env, ...how.env },
      ...(how.under === undefined ? {} : { under: how.under }),
      boundMs: how.boundMs ?? boundMs,
    });
    running.add(importer);
    void importer.ended.then((ended) => {
      running.delete(importer);
      ends.push(ended);
    });
    return importer;
  };
  return {
    folder,
    databaseUrl,
    judge,
    ends,
    start,
    run: (pipeline, how) => start(['run', pipeline], how),
    write,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    async close(keep = false) {
      for (const importer of running) {
        importer.signal('SIGCONT');
        importer.signal('SIGKILL');
        await importer.ended;
      }
      await judge.close();
      await pool.end();
      if (keep) return;
      await options.server.drop(databaseUrl);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const environment = (folder: string, judgeUrl: string, databaseUrl: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: folder,
  TMPDIR: path.join(folder, 'tmp'),
  NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'pointferry-faults-cache'),
  DATABASE_URL: databaseUrl,
  HANG_BASE_URL: judgeUrl,
  HANG_API_KEY: 'judge-key',
  POINTFERRY_WORKDIR: path.join(folder, 'work'),
  POINTFERRY_PIPELINES: path.join(folder, 'pipelines'),
  POINTFERRY_ACTOR: 'faults',
  POINTFERRY_LEASE_MS: '9000',
  POINTFERRY_HEARTBEAT_MS: '1000',
  POINTFERRY_REQUEST_DEADLINE_MS: '1500',
});

// ---------------------------------------------------------------------------------------------- what it is fed

export const account = (rate: number, more = ''): string => `\
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'hang',
  stage: 'sandbox',
  baseUrl: env('HANG_BASE_URL'),
  apiKey: env('HANG_API_KEY'),
  windows: [{ limit: ${rate}, per: '1s' }],
  maxInFlight: 8,
  keyRetention: '24h',
  ${more}
});
`;

/** Flat activities: `id,card,total,when`, of the files `in/<name>/<name>_<date>.csv`. */
export const activities = (name: string, more = '', of = 'hang'): string => `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: '${of}',
  operation: 'hang.activity',
  source: local('in/${name}/*.csv'),
  businessDate: { fileName: '${name}_{yyyyMMdd}' },
  identity: { source: '${name}', columns: ['id'] },
  columns: {
    member: { from: 'card' },
    activity_type_id: { constant: 'purchase' },
    value: { from: 'total' },
    transaction_timestamp: { from: 'when' },
  },
  amount: { from: 'total', currency: 'USD' },
  ${more}
});
`;

/** Changes of members: `card,first,changed`. */
export const changes = (name: string): string => `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang',
  operation: 'hang.member',
  source: local('in/${name}/*.csv'),
  businessDate: { fileName: '${name}_{yyyyMMdd}' },
  version: { from: 'changed', as: 'timestamp' },
  columns: { member: { from: 'card' }, first_name: { from: 'first' } },
});
`;

export interface Sale {
  readonly id: string;
  readonly card: string;
  /** No two sales of a story have the same. */
  readonly total: string;
}

const noon = Date.UTC(2026, 4, 12, 12);
export const instant = (seconds: number): string => new Date(noon + seconds * 1000).toISOString();

/** `count` sales from the `from`th on; `base` tells the totals of one pipeline from those of another. */
export const sales = (base: number, from: number, count: number, cards: number, prefix = 'm'): Sale[] =>
  Array.from({ length: count }, (_none, i) => ({
    id: `T-${1000 + from + i}`,
    card: `${prefix}${(from + i) % cards}`,
    total: (base + from + i + 0.25).toFixed(2),
  }));

export const salesFile = (list: readonly Sale[]): string =>
  `id,card,total,when\n${list.map(({ id, card, total }, i) => `${id},${card},${total},${instant(i)}\n`).join('')}`;

export interface Change {
  readonly card: string;
  readonly first: string;
  readonly at: number;
}

/** Each card is changed `times` times, in turn; names say the card and the turn. */
export const changesOf = (cards: number, times: number, prefix = 'm'): Change[] =>
  Array.from({ length: cards * times }, (_none, i) => ({
    card: `${prefix}${i % cards}`,
    first: `N${i % cards}x${Math.floor(i / cards)}`,
    at: i,
  }));

export const changesFile = (list: readonly Change[]): string =>
  `card,first,changed\n${list.map(({ card, first, at }) => `${card},${first},${instant(at)}\n`).join('')}`;

// ---------------------------------------------------------------------------------------------- what must hold

const saleOf = ({ subject, content }: Asked): string => `${subject} ${String(content.value)}`;

/** Each of these sales was applied once, and no other was. */
export function eachOnce(judge: Judge, due: readonly Sale[]): string[] {
  const times = new Map<string, number>();
  for (const asked of judge.applied.filter(({ kind }) => kind === 'activity'))
    times.set(saleOf(asked), (times.get(saleOf(asked)) ?? 0) + 1);
  const known = new Set(due.map(({ card, total }) => `${card} ${total}`));
  return [
    ...[...known].filter((sale) => !times.has(sale)).map((sale) => `${sale}: never applied`),
    ...[...times].filter(([sale]) => !known.has(sale)).map(([sale]) => `${sale}: applied, and not due`),
    ...[...times].filter(([, n]) => n > 1).map(([sale, n]) => `${sale}: applied ${n} times`),
  ];
}

/** Each card ends with the newest of its names. */
export function newestLast(judge: Judge, list: readonly Change[]): string[] {
  const newest = new Map<string, Change>();
  for (const change of list)
    if (change.at >= (newest.get(change.card)?.at ?? Number.NEGATIVE_INFINITY))
      newest.set(change.card, change);
  return [...newest.values()].flatMap(({ card, first }) => {
    const last = judge.applied.findLast(({ kind, subject }) => kind === 'member' && subject === card);
    const name = last?.content.first_name;
    return name === first ? [] : [`${card} ends as ${String(name)}, the newest is ${first}`];
  });
}

/** No name of a card is applied after a newer one. */
export function neverBack(judge: Judge, list: readonly Change[]): string[] {
  const at = new Map(list.map((change) => [`${change.card} ${change.first}`, change.at]));
  const reached = new Map<string, number>();
  return judge.applied
    .filter(({ kind }) => kind === 'member')
    .flatMap(({ subject, content, n }) => {
      const now = at.get(`${subject} ${String(content.first_name)}`) ?? Number.NaN;
      const before = reached.get(subject) ?? Number.NEGATIVE_INFINITY;
      reached.set(subject, Math.max(before, now));
      if (now >= before) return [];
      return [`request ${n}: ${subject} is called ${String(content.first_name)} after a newer name`];
    });
}

/** Everything that the ledger calls delivered did arrive. */
export async function claimsHold(
  { query, judge }: Pick<SmallWorld, 'query' | 'judge'>,
  applied: readonly Asked[] = judge.applied,
): Promise<string[]> {
  const rows = await query<{ key: string; subject: string; kind: string }>(
    `select key, subject, kind from pointferry.operation where state = 'delivered'`,
  );
  const events = new Set(applied.map(({ subject, key }) => `${subject} ${key}`));
  const states = new Set(applied.filter(({ kind }) => kind === 'member').map(({ subject }) => subject));
  return rows
    .filter(({ kind, subject, key }) =>
      kind === 'hang.activity' ? !events.has(`${subject} ${key}`) : !states.has(subject),
    )
    .map(({ kind, subject }) => `${kind} of ${subject}: delivered, says the ledger; it never arrived`);
}

/** Every process ended by itself, with one of these codes. */
export const endedWith = (ends: readonly Ended[], codes: readonly number[]): string[] =>
  ends
    .filter(({ code, overdue }) => overdue || (code !== null && !codes.includes(code)))
    .map(({ words, code, overdue, stderr }) =>
      overdue
        ? `${words}: did not end by itself: ${stderr.slice(-300)}`
        : `${words} ended ${code}: ${stderr.slice(-500)}`,
    );
