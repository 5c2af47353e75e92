/** A real PostgreSQL with fsync on, for these tests alone, and databases cloned from a migrated template. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded, stopEmbedded } from '../../src/db/embedded/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/pool.ts';

export interface Server {
  readonly dir: string;
  readonly port: number;
  readonly url: string;
  /** The URL of a new database with the ledger's schema. */
  readonly clone: () => Promise<string>;
  readonly drop: (url: string) => Promise<void>;
  /** A statement in the database postgres. */
  readonly admin: (text: string) => Promise<void>;
  /** Starts it again after it was ended; same port. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const settings = {
  max_connections: '150',
  shared_buffers: '64MB',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
};

/** `within`: a folder to make its own in. `env`: where its binaries are looked for. */
export async function startServer(
  within: string = os.tmpdir(),
  env: NodeJS.ProcessEnv = process.env,
): Promise<Server> {
  const dir = mkdtempSync(path.join(within, 'pointferry-faults-pg-'));
  const start = () => startEmbedded({ dir, idleMinutes: 5, settings, env });
  const first = await start();
  const { url } = first;
  const at = (database: string): string => {
    const changed = new URL(url);
    changed.pathname = `/${database}`;
    return changed.href;
  };
  const admin = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: at('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  await admin('create database template_faults');
  const template = openDatabase(at('template_faults'));
  try {
    await migrate(template);
  } finally {
    await template.close();
  }
  let count = 0;
  const releases = [first.release];
  return {
    dir,
    port: first.port,
    url,
    async clone() {
      count += 1;
      const name = `w${count}`;
      await admin(`create database ${name} template template_faults`);
      return at(name);
    },
    drop: (databaseUrl) =>
      admin(`drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`),
    admin,
    async restart() {
      releases.push((await start()).release);
    },
    async close() {
      for (const release of releases) release();
      await stopEmbedded(dir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
