/**
 * A database, a sandbox over HTTP, and a folder with pipelines and files. `pointferry` is typed in this process, which saves
 * the start of one; `start` makes a process, for what kills it or sends it signals.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import type { Failpoint } from '../../src/db/failpoint.ts';
import type { Admin } from '../../src/sandbox/admin.ts';
import { demoCredentials } from '../../src/sandbox/options.ts';
import { cloneDatabase, type TestDatabase } from '../support/postgres.ts';
import { type CliProcess, startCli } from './cli.ts';
import { type Ran, typeLine } from './command-line.ts';
import { anyMember, openSandbox } from './sandbox.ts';

/** The parts of summary.json that tests look at. */
export interface Summary {
  readonly run: string;
  readonly mode: string;
  readonly of: readonly string[];
  readonly version: number;
  /** Of a rerun: where the rows stand that it took. */
  readonly selected: Readonly<Record<string, number>> | null;
  readonly status: string;
  readonly exitCode: number;
  readonly balanced: boolean;
  readonly rows: Readonly<Record<string, number>>;
  readonly amount: Readonly<Record<string, Readonly<Record<string, string | number>>>> | null;
  readonly operations: Readonly<Record<string, number | string>>;
  readonly requests: Readonly<Record<string, number>>;
  readonly files: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly code: string | null;
    readonly earlierRun: string | null;
    readonly withdrawn?: number;
  }[];
  readonly errors: readonly {
    readonly group: number;
    readonly code: string;
    readonly rows: number;
    readonly field: string;
  }[];
  readonly next: string | null;
  readonly carried: Readonly<Record<string, number>>;
}

export interface World {
  readonly folder: string;
  readonly database: TestDatabase;
  readonly sandboxUrl: string;
  readonly admin: Admin;
  /** Variables that this world's command lines see. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the world's folder; returns its path. */
  readonly write: (name: string, content: string | Buffer) => string;
  /** Runs `pointferry` with these words, in this process. */
  readonly ferry: (words: readonly string[], options?: Variables) => Promise<Ran>;
  /** Starts `pointferry` with these words as a process of its own. */
  readonly start: (words: readonly string[], options?: Variables) => CliProcess;
  /** Starts it so that it is killed at a failpoint, the `at`th time (default: the first) that it is passed. */
  readonly killedAt: (
    point: Failpoint,
    words: readonly string[],
    options?: Variables & { readonly at?: number },
  ) => Promise<void>;
  /** Runs a verb that has a summary, in this process; returns the summary. */
  readonly summary: (words: readonly string[]) => Promise<Summary>;
}

interface Variables {
  readonly env?: Readonly<Record<string, string>>;
}

const accounts: Readonly<Record<string, string>> = {
  hang: `{ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
    windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16, keyRetention: '24h' }`,
  fabric: `{ platform: 'fabric', stage: 'sandbox', baseUrl: env('FABRIC_BASE_URL'), token: env('FABRIC_TOKEN'),
    windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16 }`,
};

/** A second is usual; this many are a hang. */
const boundMs = 120_000;
/** Absolute, as it was when this process began: the world has a folder of its own. */
const compileCache = process.env.NODE_COMPILE_CACHE && path.resolve(process.env.NODE_COMPILE_CACHE);

interface WorldOptions {
  /**
   * How long a request may take. An operation in doubt is not sent again before: so the default, which no busy machine
   * exceeds, is too long for tests of doubt.
   */
  readonly requestDeadlineMs?: number;
}

/** For the worlds of tests in which answers are lost. */
export const shortDeadline: WorldOptions = { requestDeadlineMs: 2_000 };

/** A world for the tests of one file, closed after them. `pipelines`: name -> the literal, as in a pipeline file. */
export async function makeWorld(
  pipelines: Readonly<Record<string, string>>,
  { requestDeadlineMs = 20_000 }: WorldOptions = {},
): Promise<World> {
  const database = await cloneDatabase();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-flow-'));
  const sandbox = await openSandbox({ after }, { ...anyMember, journal: path.join(folder, 'journal.jsonl') });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  for (const [name, literal] of Object.entries(accounts)) writeAccount({ write }, name, literal);
  for (const [name, literal] of Object.entries(pipelines)) writePipeline({ write }, name, literal);
  // where relative paths of pipelines and of the command line begin
  process.chdir(folder);
  process.env.TZ = 'UTC';
  const env = {
    DATABASE_URL: database.url,
    HANG_BASE_URL: `${sandbox.url}/partner-api`,
    HANG_API_KEY: demoCredentials.hang.apiKeys[0] ?? '',
    FABRIC_BASE_URL: `${sandbox.url}/api`,
    FABRIC_TOKEN: demoCredentials.fabric.tokens[0] ?? '',
    POINTFERRY_ACTOR: 'test',
    POINTFERRY_REQUEST_DEADLINE_MS: String(requestDeadlineMs),
    TZ: 'UTC',
  };
  const ferry: World['ferry'] = (words, more = {}) =>
    typeLine(words, { env: { ...env, ...more.env }, cwd: folder });
  const { PATH = '', HOME = '' } = process.env;
  const processEnv = { PATH, HOME, ...(compileCache && { NODE_COMPILE_CACHE: compileCache }), ...env };
  const start: World['start'] = (args, more = {}) =>
    startCli({ args, env: { ...processEnv, ...more.env }, cwd: folder, boundMs });
  const killedAt: World['killedAt'] = async (point, words, { at = 1, env: more = {} } = {}) => {
    // what the dead process leaves in doubt is not sent again before its deadline
    const deadline = { POINTFERRY_REQUEST_DEADLINE_MS: String(shortDeadline.requestDeadlineMs) };
    const fatal = { POINTFERRY_FAILPOINTS: `${point}=kill@${at}` };
    const ended = await start(words, { env: { ...deadline, ...more, ...fatal } }).ended;
    if (ended.signal !== 'SIGKILL' || ended.overdue)
      throw new Error(`${point} was not passed; it ended ${ended.code}: ${ended.stderr}`);
  };
  const summary: World['summary'] = async (words) => {
    const ran = await ferry([...words, '--json']);
    try {
      return JSON.parse(ran.out) as Summary;
    } catch {
      throw new Error(`no summary from ${words.join(' ')} (exit ${ran.code}): ${ran.out}${ran.err}`);
    }
  };
  const { url: sandboxUrl, admin } = sandbox;
  return { folder, database, sandboxUrl, admin, env, write, ferry, start, killedAt, summary };
}

export const writeAccount = (world: Pick<World, 'write'>, name: string, literal: string): string =>
  world.write(
    `pipelines/accounts/${name}.ts`,
    `import { defineAccount, env } from 'pointferry';\nexport default defineAccount(${literal});\n`,
  );

/** Writes a pipeline, as somebody does between two runs. */
export const writePipeline = (world: Pick<World, 'write'>, name: string, literal: string): string =>
  world.write(
    `pipelines/${name}.ts`,
    `import { definePipeline, env, local, sftp } from 'pointferry';\nexport default definePipeline(${literal});\n`,
  );

/** The text of a file in the newest run folder of a pipeline. */
export function runFile(world: World, pipeline: string, file: string): string {
  const runs = path.join(world.folder, '.pointferry', 'runs');
  const newest = readdirSync(runs)
    .filter((name) => name.startsWith(`${pipeline}_`))
    .map((name) => path.join(runs, name))
    .sort((a, b) => JSON.parse(summaryOf(a)).startedAt.localeCompare(JSON.parse(summaryOf(b)).startedAt))
    .at(-1);
  if (!newest) throw new Error(`${pipeline} has no run folder`);
  return readFileSync(path.join(newest, file), 'utf8');
}
const summaryOf = (folder: string): string => readFileSync(path.join(folder, 'summary.json'), 'utf8');
