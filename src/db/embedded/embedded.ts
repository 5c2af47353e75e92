import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { DatabaseError, isDatabaseError } from '../failure.ts';
import { type Db, openDatabase, withConnection } from '../pool.ts';
import { binariesFor, serverUser } from './binaries.ts';
import { database, makeDataFolder, openAsServer, processOptions, type Server, urlOf } from './data-folder.ts';
import { freePort, type ServerState, serverState } from './postmaster.ts';
import { commandOf } from './processes.ts';
import { settingsFor } from './server-settings.ts';

export interface EmbeddedOptions {
  /** The folder of this server, usually `<workdir>/postgres`: `data/`, `server.log` and two small files of ours. */
  readonly dir: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Further `-c name=value` of the server; wins over ours. Heeded by whoever starts it, not by who adopts it. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Stops by itself after so many minutes without a client and without a process using it. */
  readonly idleMinutes?: number;
}

export interface Embedded {
  /** With password: never print it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** False when a server that already ran was joined. */
  readonly started: boolean;
  /** This process no longer uses the server. It goes on, for others, until it is idle. */
  release(): void;
}

export interface EmbeddedStatus {
  readonly state: 'absent' | 'stopped' | 'starting' | 'running' | 'stopping';
  readonly pid: number | null;
  readonly port: number | null;
  /** Major version of the data folder, as '18'. */
  readonly version: string | null;
  readonly logFile: string;
}

const startWithinMs = 120_000;

/** For the small files beside the data, whatever the umask. */
const mine = { mode: 0o600 } as const;

/**
 * Gives a running server on this folder: joins one that runs (whoever started it, alive or not), or makes and starts
 * one. Any number of processes may call this at once: the folder is made aside and renamed into place, and Postgres'
 * own lock file decides which start wins; the others join it.
 *
 * Throws CONFIG_DATABASE where no server can run here, CONFIG_DATABASE_DOWN where it does not come up.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dir = path.resolve(options.dir);
  const server: Server = {
    dir,
    dataFolder: path.join(dir, 'data'),
    user: serverUser(),
    env: options.env ?? process.env,
    settings: options.settings ?? {},
  };
  const idleMinutes = options.idleMinutes ?? 10;
  prepare(server);
  const release = use(dir, idleMinutes);
  try {
    const started = await running(server);
    watchIdle(dir, idleMinutes);
    return { ...started, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Folders, which whoever owns the disk may refuse us. */
function prepare(server: Server): void {
  try {
    mkdirSync(server.dir, { recursive: true, mode: 0o700 });
    if (!existsSync(server.dataFolder)) makeDataFolder(server);
  } catch (error) {
    if (error instanceof PointferryError || !(error instanceof Error)) throw error;
    throw new PointferryError(
      'CONFIG_DATABASE',
      `no embedded PostgreSQL in ${server.dir}: ${error.message}`,
      {
        hint: 'choose another --workdir, or set DATABASE_URL',
      },
    );
  }
}

/** Marks the folder as used while this process lives, and sees that it is watched: for idle-stop.ts. */
function use(dir: string, idleMinutes: number): () => void {
  const file = path.join(dir, 'used');
  const touch = (): void => {
    try {
      const now = new Date();
      if (existsSync(file)) utimesSync(file, now, now);
      else writeFileSync(file, '', mine);
      if (serverState(path.join(dir, 'data')).kind === 'ready') watchIdle(dir, idleMinutes);
    } catch {
      // the folder was removed under us: nothing to keep alive
    }
  };
  touch();
  const timer = setInterval(touch, Math.min(15_000, idleMinutes * 15_000));
  timer.unref();
  return () => clearInterval(timer);
}

/** Loops until the server answers: each turn looks at what is there, and joins it, waits for it, or starts it. */
async function running(
  server: Server,
): Promise<{ url: string; port: number; pid: number; started: boolean }> {
  const end = performance.now() + startWithinMs;
  let mine: number | undefined;
  while (performance.now() < end) {
    const state = serverState(server.dataFolder);
    if (state.kind === 'ready') {
      const url = urlOf(server.dataFolder, state.port);
      if (await answers(url)) {
        return { url, port: state.port, pid: state.pid, started: state.pid === mine };
      }
      await sleep(50);
    } else if (state.kind === 'starting' || state.kind === 'stopping') {
      await sleep(20);
    } else {
      mine = await launch(server, state);
    }
  }
  throw notUp(server.dir, `did not answer within ${startWithinMs / 1000} s`);
}

const notUp = (dir: string, what: string): PointferryError =>
  new PointferryError('CONFIG_DATABASE_DOWN', `the embedded PostgreSQL ${what}`, {
    exitCode: exit.fatal,
    hint: `look at ${path.join(dir, 'server.log')}`,
  });

/** Connects once, and makes our database the first time. False while the server is still coming up or going down. */
async function answers(url: string): Promise<boolean> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const db = openDatabase(maintenance.href, { max: 1, connectTimeoutMs: 5_000 });
  try {
    await makeDatabase(db);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && (error.kind === 'connection' || error.kind === 'busy'))
      return false;
    throw error;
  } finally {
    await db.close();
  }
}

async function makeDatabase(db: Db): Promise<void> {
  await withConnection(db, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount > 0) return;
    try {
      await client.query(`create database ${database}`);
    } catch (error) {
      // another process made it between the two statements: duplicate_database, or a unique violation beneath it
      if (!isDatabaseError(error, '42P04') && !isDatabaseError(error, '23505')) throw error;
    }
  });
}

/** Starts a postmaster and waits until it is ready or gone. Gives its pid; what became of it is for the caller to see. */
async function launch(server: Server, state: ServerState): Promise<number | undefined> {
  const folder = binariesFor(server.user, server.env);
  const port = await freePort(lastPort(server.dir));
  const opened = openAsServer(server.user, server.dataFolder);
  const logFile = path.join(server.dir, 'server.log');
  const log = openSync(logFile, tooLong(logFile) ? 'w' : 'a', 0o600);
  const from = statSync(logFile).size;
  const settings = Object.entries({ ...settingsFor(port), ...server.settings });
  const options = processOptions(server);
  const child = spawn(
    path.join(folder, 'postgres'),
    ['-D', opened.path, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...options,
      // A lock file whose pid is somebody else's by now: Postgres takes a lock of its "grandparent" for stale and
      // replaces it under its own precautions, where removing the file ourselves could cost two servers on one folder
      env: state.kind === 'stale' ? { ...options.env, PG_GRANDPARENT_PID: String(state.pid) } : options.env,
      detached: true,
      stdio: ['ignore', log, log, opened.fd],
    },
  );
  child.unref();
  closeSync(opened.fd);
  closeSync(log);
  const ended = await settled(child, server.dataFolder);
  if (ended) await explainEnd(server.dir, readFileSync(logFile).subarray(from).toString('utf8'));
  else writeFileSync(path.join(server.dir, 'port'), String(port), mine);
  return child.pid;
}

const tooLong = (file: string): boolean =>
  (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000;

/** The port of the last time, so that `db psql` and running clients find the server again after a restart. */
function lastPort(dir: string): number | undefined {
  try {
    return Number(readFileSync(path.join(dir, 'port'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** Resolves to true when the process ended, to false when it is ready. */
async function settled(child: ChildProcess, dataFolder: string): Promise<boolean> {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  const end = performance.now() + startWithinMs;
  while (!ended && performance.now() < end) {
    const state = serverState(dataFolder);
    if (state.kind === 'ready' && state.pid === child.pid) return false;
    await sleep(10);
  }
  return ended;
}

/** Lost a race (for the folder, for the port), or children of a killed server still linger: again. Else it throws. */
async function explainEnd(dir: string, log: string): Promise<void> {
  if (/lock file ".*" already exists|shared memory block|could not bind|could not create any TCP/.test(log)) {
    await sleep(100);
    return;
  }
  if (/incompatible with server/.test(log)) {
    throw new PointferryError(
      'CONFIG_DATABASE',
      `the data in ${dir} belong to another version of PostgreSQL`,
      {
        hint: 'use the version of Pointferry that made it, or another --workdir',
      },
    );
  }
  const last = log.split('\n').findLast((line) => /FATAL|PANIC/.test(line));
  throw notUp(dir, `ended while starting: ${last?.replace(/^.*?(FATAL|PANIC): */, '') ?? 'without a word'}`);
}

/** Sees to it that a process of its own watches over the server. Two watchers do no harm. */
function watchIdle(dir: string, idleMinutes: number): void {
  const script = path.join(import.meta.dirname, 'idle-stop.ts');
  const file = path.join(dir, 'watcher');
  if (watcherOf(dir) !== undefined) return;
  const watcher = spawn(process.execPath, [script, dir, String(idleMinutes)], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  watcher.unref();
  if (watcher.pid !== undefined) writeFileSync(file, String(watcher.pid), mine);
}

/** The living watcher of this folder. */
function watcherOf(dir: string): number | undefined {
  const file = path.join(dir, 'watcher');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const command = pid > 0 ? commandOf(pid) : undefined;
  return command?.includes('idle-stop.ts') && command.includes(dir) ? pid : undefined;
}

/** One that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (commandOf(pid) !== undefined) throw error;
  }
}

/** With the server ends what watches over it, unless that is who stops it. */
function endWatcher(dir: string): void {
  const watcher = watcherOf(path.resolve(dir));
  if (watcher !== undefined && watcher !== process.pid) signal(watcher, 'SIGTERM');
}

/** What is there, without starting anything. */
export function embeddedStatus(dir: string): EmbeddedStatus {
  const dataFolder = path.join(path.resolve(dir), 'data');
  const logFile = path.join(path.resolve(dir), 'server.log');
  if (!existsSync(dataFolder)) return { state: 'absent', pid: null, port: null, version: null, logFile };
  const version = readFileSync(path.join(dataFolder, 'PG_VERSION'), 'utf8').trim();
  const state = serverState(dataFolder);
  if (state.kind === 'stopped' || state.kind === 'stale') {
    return { state: 'stopped', pid: null, port: null, version, logFile };
  }
  const name = state.kind === 'ready' ? 'running' : state.kind;
  return { state: name, pid: state.pid, port: state.port, version, logFile };
}

/**
 * Stops the server of this folder: open transactions are rolled back, clients disconnected. False if none ran.
 * Throws CONFIG_DATABASE_DOWN if it does not end within a minute.
 */
export async function stopEmbedded(dir: string): Promise<boolean> {
  const dataFolder = path.join(path.resolve(dir), 'data');
  const state = serverState(dataFolder);
  if (state.kind === 'stopped' || state.kind === 'stale') return false;
  endWatcher(dir);
  signal(state.pid, 'SIGINT');
  for (let waited = 0; waited < 60_000; waited += 20) {
    const now = serverState(dataFolder);
    if (now.kind === 'stopped' || now.kind === 'stale' || now.pid !== state.pid) return true;
    await sleep(20);
  }
  throw notUp(dir, 'does not stop');
}

/** The URL of a running server of this folder, or undefined: for the watcher and for `db psql`. */
export function embeddedUrl(dir: string): string | undefined {
  const dataFolder = realpathOr(path.join(path.resolve(dir), 'data'));
  const state = serverState(dataFolder);
  return state.kind === 'ready' ? urlOf(dataFolder, state.port) : undefined;
}

function realpathOr(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}
