import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PointferryError } from '../ground/errors.ts';
import { type Embedded, startEmbedded } from './embedded/embedded.ts';
import { type Db, type DbOptions, openDatabase } from './pool.ts';
import { reading } from './transaction.ts';
import { waitForDatabase } from './wait.ts';

export interface Database {
  readonly db: Db;
  /** With password: for child processes; print `db.label` instead. */
  readonly url: string;
  /** The server of the work folder, or null where DATABASE_URL names one. */
  readonly embedded: Embedded | null;
  /** Closes the pool. An embedded server goes on for others and stops when idle. */
  close(): Promise<void>;
}

export interface DatabaseSource {
  readonly workdir: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly options?: Partial<DbOptions>;
}

/** PostgreSQL 16: the oldest that is tested, and the first with `pg_input_is_valid`. */
const oldest = 160_000;

/**
 * The database of this command, connected to once: DATABASE_URL (or the file that DATABASE_URL_FILE names), else the
 * embedded server in `<workdir>/postgres`. Its schema is not looked at: see `requireSchema`.
 *
 * Throws CONFIG_DATABASE (78): no URL, refused credentials, too old a server, another encoding than UTF8; CONFIG_DATABASE_DOWN (3): no answer.
 */
export async function databaseFor(source: DatabaseSource): Promise<Database> {
  const env = source.env ?? process.env;
  const named = databaseUrl(env);
  const embedded =
    named === undefined ? await startEmbedded({ dir: path.join(source.workdir, 'postgres'), env }) : null;
  const url = named ?? embedded?.url ?? '';
  const db = openDatabase(url, source.options);
  const close = async (): Promise<void> => {
    await db.close();
    embedded?.release();
  };
  try {
    await waitForDatabase(db, 5_000);
    await requireServer(db);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, url, embedded, close };
}

/** DATABASE_URL, or the content of DATABASE_URL_FILE; undefined where neither is set. */
export function databaseUrl(env: NodeJS.ProcessEnv): string | undefined {
  if (env.DATABASE_URL) return env.DATABASE_URL;
  if (!env.DATABASE_URL_FILE) return undefined;
  try {
    return readFileSync(env.DATABASE_URL_FILE, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new PointferryError('CONFIG_MISSING_ENV', 'the file that DATABASE_URL_FILE names cannot be read');
  }
}

async function requireServer(db: Db): Promise<void> {
  const { rows } = await reading(db, (client) =>
    client.query<{ number: number; text: string; encoding: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as text,
              current_setting('server_encoding') as encoding`,
    ),
  );
  const [server] = rows;
  if (!server) return;
  if (server.number < oldest) {
    throw new PointferryError('CONFIG_DATABASE', `${db.label} is PostgreSQL ${server.text}`, {
      hint: 'use PostgreSQL 16 or newer',
    });
  }
  // another one has no room for some letters of people's files, or lets in bytes that are no letters
  if (server.encoding !== 'UTF8') {
    throw new PointferryError(
      'CONFIG_DATABASE',
      `${db.label} keeps text in ${server.encoding}, and only UTF8 holds every letter`,
      {
        hint: `make another and name it in DATABASE_URL: create database pointferry template template0 encoding 'UTF8' locale 'C'`,
      },
    );
  }
}

/** Hides passwords of connection URLs in any text, for whatever is printed or logged. */
export function maskPasswords(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@]*@/gi, '$1***@')
    .replace(/\b(password=)[^\s&]+/gi, '$1***');
}
