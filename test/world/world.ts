/**
 * A whole run, as people have it: the real command line as a process, a database of its own, the sandbox over HTTP, and
 * pipelines in a folder of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { type Admin, adminOf } from '../../src/sandbox/admin.ts';
import { demoCredentials } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { cloneDatabase, type TestDatabase } from '../support/postgres.ts';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

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
  /** Variables that processes of this world see. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the world's folder. */
  readonly write: (name: string, content: string | Buffer) => string;
  /** Runs `pointferry` with these words; bounded. `started` is given the process, to send it signals. */
  readonly ferry: (
    words: readonly string[],
    options?: { env?: Record<string, string>; boundMs?: number; started?: (child: ChildProcess) => void },
  ) => Promise<Ran>;
  /** Runs a verb that gives a summary, and gives that. */
  readonly summary: (words: readonly string[]) => Promise<Summary>;
}

const accounts: Readonly<Record<string, string>> = {
  hang: `{ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
    windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16, keyRetention: '24h' }`,
  fabric: `{ platform: 'fabric', stage: 'sandbox', baseUrl: env('FABRIC_BASE_URL'), token: env('FABRIC_TOKEN'),
    windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16 }`,
};

/** A world for the tests of one file; taken down after them. `pipelines`: name -> the literal, as in a pipeline file. */
export async function makeWorld(pipelines: Readonly<Record<string, string>>): Promise<World> {
  const database = await cloneDatabase();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-flow-'));
  const sandbox = await startSandbox({
    journal: path.join(folder, 'journal.jsonl'),
    switches: { hang: { autoMembers: true }, fabric: { autoMembers: true } },
  });
  const write = (name: string, content: string | Buffer): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  for (const [name, literal] of Object.entries(accounts))
    write(
      `pipelines/accounts/${name}.ts`,
      `import { defineAccount, env } from 'pointferry';\nexport default defineAccount(${literal});\n`,
    );
  for (const [name, literal] of Object.entries(pipelines)) writePipeline({ write }, name, literal);
  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    DATABASE_URL: database.url,
    HANG_BASE_URL: `${sandbox.url}/partner-api`,
    HANG_API_KEY: demoCredentials.hang.apiKeys[0] ?? '',
    FABRIC_BASE_URL: `${sandbox.url}/api`,
    FABRIC_TOKEN: demoCredentials.fabric.tokens[0] ?? '',
    POINTFERRY_ACTOR: 'test',
    // what is in doubt rests until its request's deadline has passed
    POINTFERRY_REQUEST_DEADLINE_MS: '3000',
    TZ: 'UTC',
  };
  const ferry: World['ferry'] = (words, options = {}) =>
    start(folder, words, { ...env, ...options.env }, options.boundMs ?? 120_000, options.started);
  const summary: World['summary'] = async (words) => {
    const ran = await ferry([...words, '--json']);
    try {
      return JSON.parse(ran.out) as Summary;
    } catch {
      throw new Error(`no summary from ${words.join(' ')} (exit ${ran.code}): ${ran.out}${ran.err}`);
    }
  };
  return {
    folder,
    database,
    sandboxUrl: sandbox.url,
    admin: adminOf(sandbox.url),
    env,
    write,
    ferry,
    summary,
  };
}

async function start(
  cwd: string,
  words: readonly string[],
  env: Record<string, string>,
  boundMs: number,
  started?: (child: ChildProcess) => void,
): Promise<Ran> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'src/main.ts'), ...words], {
    cwd,
    // absolute: the world has a folder of its own
    env: { PATH, HOME, NODE_COMPILE_CACHE: NODE_COMPILE_CACHE && path.resolve(NODE_COMPILE_CACHE), ...env },
  });
  started?.(child);
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text.out += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    text.err += data;
  });
  const bound = setTimeout(() => child.kill('SIGKILL'), boundMs);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(bound);
  if (code === null)
    throw new Error(
      `pointferry ${words.join(' ')} was ended by ${signal} (bound: ${boundMs} ms)\n${text.err}`,
    );
  return { code, ...text };
}

/** Writes a pipeline anew, as a person does between two runs. */
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
