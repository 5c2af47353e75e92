/**
 * One world for one story: pipelines and inputs in a folder of their own, a database of their own on a server with
 * fsync on, and a sandbox as a process of its own with an enforced limit and a journal.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Admin } from '../../src/sandbox/admin.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { type CliProcess, type Ended, repository, startCli } from '../world/cli.ts';
import { startSandboxProcess } from '../world/sandbox.ts';
import { type Inputs, makeInputs, type PipelineName, type Size } from './inputs.ts';
import { type AccountShape, accountSource, pipelineSources } from './pipelines.ts';
import type { Server } from './server.ts';

export const account = 'hang-faults';
/** What the sandbox asks for: must be nowhere but in the environment and on the wire. */
export const apiKey = 'sandbox-hang-key';

export interface WorldOptions {
  readonly server: Server;
  readonly seed: number;
  readonly size?: Size;
  /** Requests per second, of the account; the sandbox enforces the same. */
  readonly rate?: number;
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly faults?: readonly Fault[];
  readonly account?: AccountShape;
  readonly sandbox?: readonly string[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly preload?: string;
  readonly boundMs?: number;
  readonly args?: readonly string[];
}

export interface World {
  readonly folder: string;
  readonly workdir: string;
  readonly journal: string;
  readonly inputs: Inputs;
  readonly rate: number;
  readonly admin: Admin;
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly server: Server;
  /** Everything that importers printed. */
  readonly said: string[];
  readonly ends: Ended[];
  readonly env: Readonly<Record<string, string>>;
  readonly run: (pipeline: PipelineName, options?: RunOptions) => CliProcess;
  readonly start: (args: readonly string[], options?: RunOptions) => CliProcess;
  readonly query: <R extends object>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  /** Makes members known to the crosswalk. */
  readonly addMembers: (entries: readonly (readonly [string, string])[]) => Promise<void>;
  readonly close: (keep?: boolean) => Promise<void>;
}

/** A second is usual; this many are a hang. */
const boundMs = 90_000;

export async function makeWorld(options: WorldOptions): Promise<World> {
  const { server, seed, rate = 200, root = repository } = options;
  const size = options.size ?? { members: 6, each: 16 };
  const inputs = makeInputs(seed, size);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-faults-'));
  const workdir = path.join(folder, 'work');
  const journal = path.join(folder, 'journal.jsonl');
  writeFolder(folder, inputs, accountSource(account, rate, options.account));
  const limit = ['--rate', `${rate}/1000`, '--seed', String(seed)];
  const sandbox = await startSandboxProcess(['--journal', journal, ...limit, ...(options.sandbox ?? [])]);
  const { admin } = sandbox;
  const ids = [...inputs.crosswalk, ...inputs.lateCrosswalk].map(([, id]) => ({ id }));
  await admin.seed({ hang: { members: ids, activityTypes: [{ id: 'purchase', points_per_unit: '1' }] } });
  if (options.faults) await admin.setFaults(options.faults);
  const databaseUrl = await server.clone();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 });
  pool.on('error', () => undefined);
  const env = { ...environment(folder, workdir, sandbox.url, databaseUrl), ...options.env };
  const said: string[] = [];
  const ends: Ended[] = [];
  const running = new Set<CliProcess>();

  const start: World['start'] = (args, how = {}) => {
    const importer = startCli({
      root,
      args: [...args, ...(how.args ?? [])],
      env: { ...env, ...how.env },
      ...(how.preload === undefined ? {} : { preload: how.preload }),
      boundMs: how.boundMs ?? boundMs,
    });
    running.add(importer);
    void importer.ended.then((ended) => {
      running.delete(importer);
      ends.push(ended);
      said.push(ended.stdout, ended.stderr);
    });
    return importer;
  };
  const query: World['query'] = async (text, values = []) => (await pool.query(text, [...values])).rows;
  const world: World = {
    folder,
    workdir,
    journal,
    inputs,
    rate,
    admin,
    sandboxUrl: sandbox.url,
    databaseUrl,
    server,
    said,
    ends,
    env,
    start,
    run: (pipeline, how) => start(['run', pipeline], how),
    query,
    addMembers: (entries) => addMembers(query, entries),
    async close(keep = false) {
      for (const importer of running) {
        importer.signal('SIGCONT');
        importer.signal('SIGKILL');
        await importer.ended;
      }
      await sandbox.end('SIGKILL');
      await pool.end();
      if (keep) return;
      await server.drop(databaseUrl);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await world.addMembers(inputs.crosswalk);
  return world;
}

function writeFolder(folder: string, inputs: Inputs, accountText: string): void {
  for (const name of ['pipelines/accounts', 'tmp', ...Object.keys(pipelineSources).map((p) => `in/${p}`)]) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  writeFileSync(path.join(folder, 'pipelines', 'accounts', `${account}.ts`), accountText);
  for (const [name, text] of Object.entries(pipelineSources)) {
    writeFileSync(path.join(folder, 'pipelines', `${name}.ts`), text);
  }
  for (const file of inputs.files) {
    writeFileSync(path.join(folder, 'in', file.pipeline, file.name), file.text);
  }
}

function environment(
  folder: string,
  workdir: string,
  sandboxUrl: string,
  databaseUrl: string,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: folder,
    TMPDIR: path.join(folder, 'tmp'),
    NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'pointferry-faults-cache'),
    DATABASE_URL: databaseUrl,
    HANG_BASE_URL: `${sandboxUrl}/partner-api`,
    HANG_API_KEY: apiKey,
    POINTFERRY_WORKDIR: workdir,
    POINTFERRY_PIPELINES: path.join(folder, 'pipelines'),
    POINTFERRY_ACTOR: 'faults',
    POINTFERRY_LEASE_MS: '9000',
    POINTFERRY_HEARTBEAT_MS: '1000',
    // after a takeover an operation in doubt waits until the deadline of its request has passed
    POINTFERRY_REQUEST_DEADLINE_MS: '1500',
  };
}

async function addMembers(
  query: World['query'],
  entries: readonly (readonly [string, string])[],
): Promise<void> {
  await query(
    `insert into pointferry.crosswalk (account, key_type, key, member_id, actor)
     select $1, 'id', e.key, e.id, 'faults' from unnest($2::text[], $3::text[]) as e (key, id)
     on conflict do nothing`,
    [account, entries.map(([key]) => key), entries.map(([, id]) => id)],
  );
}
