import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, type TestContext } from 'node:test';
import { role } from '../../src/db/embedded/data-folder.ts';
import { type Embedded, startEmbedded, stopEmbedded } from '../../src/db/embedded/embedded.ts';
import { isDatabaseError } from '../../src/db/failure.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type Db, type DbOptions, openDatabase, withConnection } from '../../src/db/pool.ts';
import { sqlFolder } from '../../src/db/sql.ts';

/** A database of its own, with all migrations and functions, as a copy of a template. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  readonly db: Db;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/**
 * One server for all test files of this checkout (and this PostgreSQL), whichever process starts it; it outlives them
 * and stops by itself. fsync is off: what survives a crash is tested on servers of their own (`ownServer`).
 */
async function sharedServer(): Promise<string> {
  const binaries = process.env.POINTFERRY_TEST_POSTGRES ?? '';
  const dir = path.join(os.tmpdir(), `pointferry-test-${hash(`${sqlFolder} ${binaries} ${role}`)}`);
  const server = await startEmbedded({
    dir,
    idleMinutes: 5,
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' },
  });
  return server.url;
}

const at = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

/** The template's name holds the hash of all that goes into it, so that an edit of sql/ makes a new one. */
function templateName(): string {
  const parts: string[] = [];
  for (const folder of ['migrations', 'functions'].map((name) => path.join(sqlFolder, name))) {
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
      parts.push(name, readFileSync(path.join(folder, name), 'utf8'));
    }
  }
  return `template_${hash(parts.join('\0'))}`;
}

/** Makes the template unless it is there; one process does, the others wait for its lock. */
async function ensureTemplate(url: string, admin: Db): Promise<string> {
  const template = templateName();
  await withConnection(admin, async (client) => {
    const exists = async (): Promise<boolean> =>
      (await client.query('select 1 from pg_database where datname = $1', [template])).rowCount > 0;
    if (await exists()) return;
    await client.query('select pg_advisory_lock(1)');
    try {
      if (await exists()) return;
      const building = `${template}_building`;
      await client.query(`drop database if exists ${building} with (force)`);
      await client.query(`create database ${building}`);
      const db = openDatabase(at(url, building));
      try {
        await migrate(db);
      } finally {
        await db.close();
      }
      await client.query(`alter database ${building} rename to ${template}`);
    } finally {
      await client.query('select pg_advisory_unlock(1)');
    }
  });
  return template;
}

/**
 * A fresh database for a test file: `const { db } = await cloneDatabase();` at the top of the file, or with the
 * test's context inside a test. Dropped afterwards; kept, and named on stderr, if the test (or the file) failed.
 */
export async function cloneDatabase(
  t?: TestContext,
  options: Partial<DbOptions> = {},
): Promise<TestDatabase> {
  const clone = await freshDatabase(ensureTemplate, t, options);
  // a ledger of its own: to whoever saw another copy of the template it would be that one, gone back in time
  await withConnection(clone.db, (client) =>
    client.query('update pointferry.ledger set id = gen_random_uuid()'),
  );
  return clone;
}

/** The same without schema: for what makes one. */
export function emptyDatabase(t?: TestContext, options: Partial<DbOptions> = {}): Promise<TestDatabase> {
  return freshDatabase(async () => 'template1', t, options);
}

/** Without schema, and not as ours are: `how` stands in `create database`, as in `encoding 'LATIN1' locale 'C'`. */
export function foreignDatabase(t: TestContext, how: string): Promise<TestDatabase> {
  return freshDatabase(async () => 'template0', t, {}, how);
}

async function freshDatabase(
  templateOf: (url: string, admin: Db) => Promise<string>,
  t: TestContext | undefined,
  options: Partial<DbOptions>,
  how = '',
): Promise<TestDatabase> {
  const url = await sharedServer();
  const admin = openDatabase(at(url, 'postgres'), { max: 1 });
  try {
    const template = await templateOf(url, admin);
    await dropLeftovers(admin);
    const name = `t_${Math.floor(Date.now() / 60_000)}_${randomBytes(5).toString('hex')}`;
    await withConnection(admin, (client) =>
      client.query(`create database ${name} template ${template} ${how}`),
    );
    const clone = { name, url: at(url, name), db: openDatabase(at(url, name), options) };
    if (t) t.after(() => finish(url, clone, passed(t)));
    else {
      let all = true;
      afterEach((each) => {
        all &&= passed(each);
      });
      after(() => finish(url, clone, all));
    }
    return clone;
  } finally {
    await admin.close();
  }
}

/** Node has it, its types do not yet. */
const passed = (t: object): boolean => !('passed' in t) || t.passed !== false;

async function finish(url: string, clone: TestDatabase, passed: boolean): Promise<void> {
  await clone.db.close();
  if (!passed) {
    process.stderr.write(`the database ${clone.name} is kept: ${clone.url}\n`);
    return;
  }
  const admin = openDatabase(at(url, 'postgres'), { max: 1 });
  try {
    await withConnection(admin, (client) =>
      client.query(`drop database if exists ${clone.name} with (force)`),
    );
  } finally {
    await admin.close();
  }
}

/** Databases of killed or failed tests, after two hours; templates of earlier versions of sql/ stay small and few. */
async function dropLeftovers(admin: Db): Promise<void> {
  const before = Math.floor(Date.now() / 60_000) - 120;
  await withConnection(admin, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname ~ '^t_[0-9]+_' and split_part(datname, '_', 2)::bigint < $1`,
      [before],
    );
    for (const { datname } of rows) {
      await client.query(`drop database if exists ${datname} with (force)`).catch((error: unknown) => {
        if (!isDatabaseError(error)) throw error;
      });
    }
  });
}

/** A server of the test's own, fsync on, in a folder that is removed afterwards: for what ends or restarts servers. */
export async function ownServer(t: TestContext, settings: Record<string, string> = {}): Promise<OwnServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'pointferry-own-'));
  t.after(async () => {
    await stopEmbedded(dir);
    rmSync(dir, { recursive: true, force: true });
  });
  const start = (): Promise<Embedded> => startEmbedded({ dir, idleMinutes: 5, settings });
  return { ...(await start()), dir, start };
}

export interface OwnServer extends Embedded {
  readonly dir: string;
  /** Starts it again after the test has ended it; same port. */
  start(): Promise<Embedded>;
}
