import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exit, PointferryError } from '../errors.ts';
import { binariesFor, type OsUser, serverUser } from './binaries.ts';
import { DatabaseError, isDatabaseError } from './failure.ts';
import { type Db, openDatabase, withClient } from './pool.ts';
import { freePort, type ServerState, serverState } from './postmaster.ts';
import { commandOf } from './processes.ts';

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

const role = 'pointferry';
const startWithinMs = 120_000;

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
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(server.dataFolder)) makeDataFolder(server);
  const release = use(dir);
  try {
    const started = await running(server);
    watchIdle(dir, options.idleMinutes ?? 10);
    return { ...started, release };
  } catch (error) {
    release();
    throw error;
  }
}

interface Server {
  readonly dir: string;
  readonly dataFolder: string;
  readonly user: OsUser | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Readonly<Record<string, string>>;
}

/** Marks the folder as used while this process lives, for idle-stop.ts. */
function use(dir: string): () => void {
  const file = path.join(dir, 'used');
  const touch = (): void => {
    try {
      const now = new Date();
      if (existsSync(file)) utimesSync(file, now, now);
      else writeFileSync(file, '');
    } catch {
      // the folder was removed under us: nothing to keep alive
    }
  };
  touch();
  const timer = setInterval(touch, 15_000);
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

function urlOf(dataFolder: string, port: number): string {
  const password = readFileSync(path.join(dataFolder, passwordFile), 'utf8').trim();
  return `postgres://${role}:${password}@127.0.0.1:${port}/${role}`;
}

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
  await withClient(db, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [role]);
    if (rowCount > 0) return;
    try {
      await client.query(`create database ${role}`);
    } catch (error) {
      // another process made it between the two statements: duplicate_database, or a unique violation beneath it
      if (!isDatabaseError(error, '42P04') && !isDatabaseError(error, '23505')) throw error;
    }
  });
}

const passwordFile = 'pointferry.password';

/**
 * Makes a data folder beside the place where it belongs and renames it there, so that a half-made one is never seen.
 * scram on loopback with a random password that only this folder's owner can read: `trust` would let in every user
 * of the machine, and a unix socket's path may hold no more than 107 bytes, which work folders exceed. One iteration
 * of scram is enough, for a password of 192 random bits cannot be guessed.
 */
function makeDataFolder(server: Server): void {
  for (const name of readdirSync(server.dir)) {
    const abandoned = path.join(server.dir, name);
    const age = Date.now() - statSync(abandoned).mtimeMs;
    if (name.startsWith('data-') && age > 600_000) rmSync(abandoned, { recursive: true, force: true });
  }
  const made = mkdtempSync(path.join(server.dir, 'data-'));
  const data = path.join(made, 'data');
  try {
    mkdirSync(data, { mode: 0o700 });
    const secret = path.join(made, passwordFile);
    writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 });
    own(server.user, data, secret);
    initdb(server, data, secret);
    renameSync(secret, path.join(data, passwordFile));
    renameSync(data, server.dataFolder);
  } catch (error) {
    // somebody else was faster: theirs is as good
    if (!existsSync(path.join(server.dataFolder, passwordFile))) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function own(user: OsUser | undefined, ...files: string[]): void {
  for (const file of user ? files : []) chownSync(file, user?.uid ?? 0, user?.gid ?? 0);
}

function initdb(server: Server, data: string, secret: string): void {
  const folder = binariesFor(server.user, server.env);
  const opened = openAsServer(server.user, data);
  const password = openSync(secret, constants.O_RDONLY);
  const result = spawnSync(
    path.join(folder, 'initdb'),
    [
      ...['-D', opened.path, '-U', role, '-A', 'scram-sha-256', '--pwfile=/dev/fd/4', '-E', 'UTF8', '-k'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
      ...['-c', 'scram_iterations=1'],
    ],
    { ...processOptions(server), stdio: ['ignore', 'ignore', 'pipe', opened.fd, password], encoding: 'utf8' },
  );
  closeSync(opened.fd);
  closeSync(password);
  if (result.status === 0) return;
  const said = result.error?.message ?? result.stderr.trim().split('\n').at(-1) ?? '';
  throw new PointferryError('CONFIG_DATABASE', `the embedded PostgreSQL could not be set up: ${said}`);
}

/**
 * A server that root starts runs as another user, who cannot walk down to a data folder under, say, /root. It does not
 * have to: it inherits the open folder as descriptor 3 and finds it at /proc/self/fd/3, whose way down is not checked
 * again. So data stays in the work folder wherever that is, and no mode of anybody's folder is touched.
 */
function openAsServer(user: OsUser | undefined, data: string): { fd: number; path: string } {
  const fd = openSync(data, constants.O_RDONLY | constants.O_DIRECTORY);
  return { fd, path: user && process.platform === 'linux' ? '/proc/self/fd/3' : data };
}

function processOptions(server: Server) {
  const user = server.user ? { uid: server.user.uid, gid: server.user.gid } : {};
  // a short environment: /proc shows it, and the caller's holds keys
  return { ...user, cwd: '/', env: { PATH: server.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
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
  else writeFileSync(path.join(server.dir, 'port'), String(port));
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

function settingsFor(port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    shared_buffers: '256MB',
    scram_iterations: '1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // the server's log must not hold cells: errors quote them
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    // a container's /dev/shm is 64 MB, which a parallel hash join overflows
    ...(roomInSharedMemory() ? {} : { dynamic_shared_memory_type: 'mmap' }),
  };
}

function roomInSharedMemory(): boolean {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks >= 1_000_000_000;
  } catch {
    return process.platform !== 'linux';
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
  const last = log.split('\n').findLast((line) => /FATAL|PANIC/.test(line));
  throw notUp(dir, `ended while starting: ${last?.replace(/^.*?(FATAL|PANIC): */, '') ?? 'without a word'}`);
}

/** Sees to it that a process of its own watches over the server. Two watchers do no harm. */
function watchIdle(dir: string, idleMinutes: number): void {
  const script = path.join(import.meta.dirname, 'idle-stop.ts');
  const file = path.join(dir, 'watcher');
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (known > 0 && commandOf(known)?.includes('idle-stop.ts')) return;
  const watcher = spawn(process.execPath, [script, dir, String(idleMinutes)], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  watcher.unref();
  if (watcher.pid !== undefined) writeFileSync(file, String(watcher.pid));
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
  process.kill(state.pid, 'SIGINT');
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
