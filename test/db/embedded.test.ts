import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, type TestContext, test } from 'node:test';
import { databaseFor, maskPasswords } from '../../src/db/database.ts';
import { binariesFor, serverUser } from '../../src/db/embedded/binaries.ts';
import { embeddedStatus, startEmbedded, stopEmbedded } from '../../src/db/embedded/embedded.ts';
import { commandOf } from '../../src/db/embedded/processes.ts';
import { openDatabase, withClient } from '../../src/db/pool.ts';
import { PointferryError } from '../../src/ground/errors.ts';

const root = serverUser();
/** One data folder for the tests that do not care how it came to be; each finds it stopped. */
const shared = path.join(mkdtempSync(path.join(os.tmpdir(), 'pointferry-embedded-')), 'postgres');
afterEach(() => stopEmbedded(shared));
after(() => rmSync(path.dirname(shared), { recursive: true, force: true }));

const needsRoot = root ? {} : { skip: 'only root starts a server as another user' };

/** A folder for a server that is stopped and removed after the test; mkdtemp makes it 0700. */
function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(os.tmpdir(), 'pointferry-embedded-'));
  const dir = path.join(made, 'work', 'postgres');
  t.after(async () => {
    await stopEmbedded(dir);
    rmSync(made, { recursive: true, force: true });
  });
  return dir;
}

interface Said {
  readonly pid: number;
  readonly port: number;
  readonly started: boolean;
}

/** A process that starts the server and stays until it is ended. */
async function starter(
  t: TestContext,
  dir: string,
  options: { detached?: boolean; uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<{ child: ChildProcess; said: Said }> {
  const script = path.join(import.meta.dirname, '../support/embedded-starter.ts');
  const child = spawn(process.execPath, [script, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...options,
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, said: JSON.parse(line) };
}

async function query(url: string, text: string): Promise<unknown> {
  const db = openDatabase(url, { max: 1 });
  try {
    return Object.values((await withClient(db, (client) => client.query(text))).rows[0] ?? {})[0];
  } finally {
    await db.close();
  }
}

async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`not within ${seconds} s: ${what}`);
}

test('a server is made, stopped, started again with its data and its port, and tells how it is', async (t) => {
  const dir = folder(t);
  assert.equal(embeddedStatus(dir).state, 'absent');
  const begun = performance.now();
  const first = await startEmbedded({ dir });
  const made = performance.now();
  assert.equal(first.started, true);
  assert.equal(await query(first.url, 'create table kept (n int)'), undefined);
  assert.deepEqual(
    { ...embeddedStatus(dir), logFile: '', version: '' },
    { state: 'running', pid: first.pid, port: first.port, version: '', logFile: '' },
  );
  assert.equal(await stopEmbedded(dir), true);
  assert.equal(await stopEmbedded(dir), false);
  assert.equal(embeddedStatus(dir).state, 'stopped');
  const again = performance.now();
  const second = await startEmbedded({ dir });
  t.diagnostic(
    `first start ${Math.round(made - begun)} ms, later ${Math.round(performance.now() - again)} ms`,
  );
  assert.equal(second.url, first.url);
  assert.equal(await query(second.url, 'select count(*) from kept'), 0);
  for (const [setting, value] of [
    ['fsync', 'on'],
    ['wal_level', 'minimal'],
    ['max_wal_senders', '0'],
    ['listen_addresses', '127.0.0.1'],
  ]) {
    assert.equal(await query(second.url, `select current_setting('${setting}')`), value);
  }
});

test('its password is needed, and its files are closed to others', async () => {
  const dir = shared;
  const { url } = await startEmbedded({ dir });
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await assert.rejects(query(wrong.href, 'select 1'), /password authentication failed/);
  for (const name of ['', 'data', 'data/pointferry.password', 'server.log', 'port', 'used', 'watcher']) {
    assert.equal(statSync(path.join(dir, name)).mode & 0o077, 0, name);
  }
});

test('no cell reaches the log of the server', async () => {
  const dir = shared;
  const { url } = await startEmbedded({ dir });
  await query(url, 'create table people (email text unique)');
  await query(url, `insert into people values ('canary@secret.example')`);
  for (const bad of [
    `insert into people values ('canary@secret.example')`,
    `select 'canary'::int`,
    `select canary`,
  ]) {
    await assert.rejects(query(url, bad));
  }
  assert.doesNotMatch(readFileSync(path.join(dir, 'server.log'), 'utf8'), /canary/);
});

test('several that start at once get one server', async (t) => {
  const dir = folder(t);
  const all = await Promise.all(Array.from({ length: 3 }, () => starter(t, dir)));
  assert.equal(new Set(all.map(({ said }) => said.pid)).size, 1);
  assert.equal(new Set(all.map(({ said }) => said.port)).size, 1);
  assert.equal(all.filter(({ said }) => said.started).length, 1);
});

test('it outlives a kill -9 of its starter, and the next one joins it', async (t) => {
  const dir = shared;
  const { child, said } = await starter(t, dir);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const joined = await startEmbedded({ dir });
  assert.deepEqual({ pid: joined.pid, started: joined.started }, { pid: said.pid, started: false });
  assert.equal(await query(joined.url, 'select 1'), 1);
});

test('Ctrl-C at the terminal of its starter does not reach it', async (t) => {
  const dir = shared;
  const { child, said } = await starter(t, dir, { detached: true });
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await once(child, 'exit');
  assert.equal((await startEmbedded({ dir })).pid, said.pid);
});

test('after a kill -9 of the server itself the next start recovers what was committed', async () => {
  const dir = shared;
  const first = await startEmbedded({ dir });
  await query(first.url, 'create table kept as select 42 as n');
  process.kill(first.pid, 'SIGKILL');
  const second = await startEmbedded({ dir });
  assert.equal(second.started, true);
  assert.equal(await query(second.url, 'select n from kept'), 42);
});

test('a lock file whose pid is another living process by now is no hindrance', async (t) => {
  const dir = shared;
  const first = await startEmbedded({ dir });
  const lock = readFileSync(path.join(dir, 'data/postmaster.pid'), 'utf8');
  await stopEmbedded(dir);
  const ids = root ? { uid: root.uid, gid: root.gid } : {};
  const other = spawn('sleep', ['60'], { ...ids, cwd: '/', stdio: 'ignore' });
  t.after(() => other.kill());
  writeFileSync(path.join(dir, 'data/postmaster.pid'), lock.replace(/^\d+/, String(other.pid)));
  assert.equal(embeddedStatus(dir).state, 'stopped');
  const second = await startEmbedded({ dir });
  assert.equal(second.started, true);
  assert.equal(second.url, first.url);
  assert.equal(other.exitCode, null);
});

test('it stops by itself when nobody uses it, and not before', async () => {
  const dir = shared;
  const server = await startEmbedded({ dir, idleMinutes: 0.01 });
  const watcher = Number(readFileSync(path.join(dir, 'watcher'), 'utf8'));
  const person = openDatabase(server.url, { max: 1 });
  server.release();
  await withClient(person, async (client) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await client.query('select 1');
  });
  await person.close();
  await until('the server has stopped', 20, () => embeddedStatus(dir).state === 'stopped');
  await until('its watcher has ended', 10, () => !commandOf(watcher)?.includes('idle-stop'));
});

test(
  'root gets a server run by another user, from binaries and a folder that user cannot reach',
  needsRoot,
  async (t) => {
    const dir = folder(t);
    const closed = mkdtempSync(path.join(os.tmpdir(), 'pointferry-closed-'));
    const temporary = path.join(closed, 'tmp');
    t.after(() => rmSync(closed, { recursive: true, force: true }));
    const installation = path.join(closed, 'private');
    cpSync(path.dirname(binariesFor(undefined)), installation, { recursive: true, verbatimSymlinks: true });
    mkdirSync(temporary);
    chmodSync(installation, 0o700);
    chmodSync(closed, 0o711);
    const env = {
      ...process.env,
      TMPDIR: temporary,
      POINTFERRY_TEST_POSTGRES: path.join(installation, 'bin'),
    };
    const { said } = await starter(t, dir, { env });
    assert.match(commandOf(said.pid) ?? '', new RegExp(`^${temporary}/pointferry-postgres-`));
    assert.equal(statSync(`/proc/${said.pid}`).uid, root?.uid);
    assert.equal((await startEmbedded({ dir, env })).pid, said.pid);
  },
);

test('an ordinary user gets a server of their own', needsRoot, async (t) => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'pointferry-user-'));
  chmodSync(home, 0o777);
  const { said } = await starter(t, path.join(home, 'postgres'), { uid: 65534, gid: 65534 });
  t.after(async () => {
    await stopEmbedded(path.join(home, 'postgres'));
    rmSync(home, { recursive: true, force: true });
  });
  assert.equal(said.started, true);
  assert.equal(statSync(`/proc/${said.pid}`).uid, 65534);
});

test('a user id without an entry in /etc/passwd is a configuration error that names it', needsRoot, (t) => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'pointferry-embedded-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const uid = 54_321;
  chownSync(home, uid, uid);
  const script = path.join(import.meta.dirname, '../support/embedded-starter.ts');
  const { stderr } = spawnSync(process.execPath, [script, path.join(home, 'postgres')], {
    cwd: '/',
    uid,
    gid: uid,
    env: { PATH: process.env.PATH, TMPDIR: home },
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.match(stderr, /CONFIG_DATABASE/);
  assert.match(stderr, /user id 54321 has no entry in \/etc\/passwd/);
  assert.match(stderr, /set DATABASE_URL/);
  assert.doesNotMatch(stderr, /could not look up/);
});

test('a folder that cannot be made is a configuration error', async () => {
  await assert.rejects(
    startEmbedded({ dir: path.join(import.meta.filename, 'postgres') }),
    (error) => error instanceof PointferryError && error.exitCode === 78,
  );
});

test('a command gets the named server, from a variable or a file, else the embedded one', async (t) => {
  const dir = folder(t);
  const workdir = path.dirname(dir);
  const own = await databaseFor({ workdir, env: {} });
  assert.equal(own.embedded?.started, true);
  const secret = path.join(workdir, 'url');
  writeFileSync(secret, `${own.url}\n`);
  for (const env of [{ DATABASE_URL: own.url }, { DATABASE_URL_FILE: secret }]) {
    const named = await databaseFor({ workdir, env });
    assert.equal(named.embedded, null);
    assert.equal(named.url, own.url);
    await named.close();
  }
  await own.close();
  const missing = databaseFor({ workdir, env: { DATABASE_URL_FILE: path.join(workdir, 'none') } });
  await assert.rejects(missing, (error) => error instanceof PointferryError && error.exitCode === 78);
  const down = databaseFor({ workdir, env: { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/none' } });
  await assert.rejects(down, (error) => error instanceof PointferryError && error.exitCode === 3);
});

test('passwords in URLs are masked in any text', () => {
  assert.equal(
    maskPasswords('at postgres://me:p%40ss@host/db and postgresql://x:y@h?password=z&a=b'),
    'at postgres://me:***@host/db and postgresql://x:***@h?password=***&a=b',
  );
});
