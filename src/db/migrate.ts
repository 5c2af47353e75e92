import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PointferryError } from '../ground/errors.ts';
import { DatabaseError } from './failure.ts';
import type { Client, Db } from './pool.ts';
import { pointAt, sqlFolder } from './sql.ts';
import { inTransaction, reading } from './transaction.ts';

/**
 * The schema's own book stands in a schema of its own, so that the first migration may create everything else.
 * `migration`: what was applied, with the hash it had. `function_file`: the files of sql/functions as last installed.
 */
const bookText = `
create schema if not exists pointferry_migration;
create table if not exists pointferry_migration.migration (
  number     integer primary key,
  name       text not null,
  sha256     text not null,
  applied_at timestamptz not null default clock_timestamp()
);
create table if not exists pointferry_migration.function_file (
  name       text primary key,
  sha256     text not null,
  applied_at timestamptz not null default clock_timestamp()
);
`;

/** Held for the length of a transaction only (pgbouncer). The key: 12 hex digits of sha256('pointferry'). */
const lockText = 'select pg_advisory_xact_lock(211901217466512)';

/** Each of these looks at the book first, so that running twice does nothing the second time. */
const again = { lockTimeoutMs: 600_000, statementTimeoutMs: 3_600_000, lostCommit: 'rerun' } as const;

interface SqlFile {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}
interface Migration extends SqlFile {
  readonly number: number;
}

export interface SchemaState {
  /** `empty` and `behind` want `migrate`; `ahead` and `changed` want another version of the program. */
  readonly kind: 'current' | 'empty' | 'behind' | 'ahead' | 'changed';
  readonly applied: readonly string[];
  /** Migrations that `migrate` would apply, and function files that it would install. */
  readonly pending: readonly string[];
  readonly pendingFunctions: readonly string[];
  /** In the database, unknown to this version. */
  readonly unknown: readonly string[];
  /** Applied, with other text than this version has. */
  readonly changed: readonly string[];
}

/** Compares the database with the folder; changes nothing. */
export async function schemaState(db: Db, folder = sqlFolder): Promise<SchemaState> {
  const files = readMigrations(folder);
  const functions = readFolder(path.join(folder, 'functions'));
  return await reading(db, async (client) => {
    const book = await readBook(client);
    if (!book) {
      const pending = files.map((file) => file.name);
      const pendingFunctions = functions.map((file) => file.name);
      return { kind: 'empty', applied: [], pending, pendingFunctions, unknown: [], changed: [] };
    }
    return compare(files, functions, book);
  });
}

interface Book {
  readonly migrations: ReadonlyMap<number, { readonly name: string; readonly sha256: string }>;
  readonly functions: ReadonlyMap<string, string>;
}

async function readBook(client: Client): Promise<Book | undefined> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('pointferry_migration.function_file') is not null as there`,
  );
  if (!rows[0]?.there) return undefined;
  const migrations = await client.query<{ number: number; name: string; sha256: string }>(
    'select number, name, sha256 from pointferry_migration.migration order by number',
  );
  const functions = await client.query<{ name: string; sha256: string }>(
    'select name, sha256 from pointferry_migration.function_file',
  );
  return {
    migrations: new Map(migrations.rows.map((row) => [row.number, row])),
    functions: new Map(functions.rows.map((row) => [row.name, row.sha256])),
  };
}

function compare(files: readonly Migration[], functions: readonly SqlFile[], book: Book): SchemaState {
  const known = new Map(files.map((file) => [file.number, file]));
  const applied = [...book.migrations];
  const unknown = applied.filter(([number]) => !known.has(number)).map(([, row]) => row.name);
  const changed = applied
    .filter(([number, row]) => known.has(number) && known.get(number)?.sha256 !== row.sha256)
    .map(([, row]) => row.name);
  const pending = files.filter((file) => !book.migrations.has(file.number)).map((file) => file.name);
  const pendingFunctions = functions
    .filter((file) => book.functions.get(file.name) !== file.sha256)
    .map((file) => file.name);
  const kind =
    changed.length > 0
      ? 'changed'
      : unknown.length > 0
        ? 'ahead'
        : applied.length === 0 && files.length > 0
          ? 'empty'
          : pending.length > 0 || pendingFunctions.length > 0
            ? 'behind'
            : 'current';
  return { kind, applied: applied.map(([, row]) => row.name), pending, pendingFunctions, unknown, changed };
}

/** Throws CONFIG_SCHEMA (78) unless the database has exactly the schema of this version: for every verb but `migrate`. */
export async function requireSchema(db: Db, folder = sqlFolder): Promise<void> {
  const state = await schemaState(db, folder);
  if (state.kind === 'current') return;
  if (state.kind === 'ahead' || state.kind === 'changed') throw foreign(db, state);
  const what = state.kind === 'empty' ? 'no schema of Pointferry' : 'an older schema than this version';
  throw new PointferryError('CONFIG_SCHEMA', `${db.label} has ${what}`);
}

function foreign(db: Db, state: SchemaState): PointferryError {
  const [what, names] =
    state.kind === 'changed'
      ? ['migrations that differ from the ones of this version', state.changed]
      : ['migrations that this version does not know', state.unknown];
  return new PointferryError('CONFIG_SCHEMA', `${db.label} has ${what}: ${names.join(', ')}`, {
    hint: 'use the version of Pointferry that last migrated this database, or a newer one',
  });
}

export interface Migrated {
  /** Names of the migrations and function files applied, or with `dryRun` to be applied, by this call. */
  readonly migrations: readonly string[];
  readonly functions: readonly string[];
}

/**
 * Applies what is pending, each migration in a transaction of its own, then installs changed function files.
 * Forward only. Several at once is fine: each migration is applied by one of them. Throws CONFIG_SCHEMA where the
 * database holds migrations that this folder does not have, or has with other text.
 */
export async function migrate(
  db: Db,
  options: { readonly dryRun?: boolean; readonly folder?: string } = {},
): Promise<Migrated> {
  const folder = options.folder ?? sqlFolder;
  const before = await schemaState(db, folder);
  if (before.kind === 'ahead' || before.kind === 'changed') throw foreign(db, before);
  if (options.dryRun) return { migrations: before.pending, functions: before.pendingFunctions };
  if (before.kind === 'current') return { migrations: [], functions: [] };
  await inTransaction(
    db,
    async (client) => {
      await client.query(lockText);
      await client.query(bookText);
    },
    again,
  );
  const migrations: string[] = [];
  for (const file of readMigrations(folder)) {
    if (await applyMigration(db, file)) migrations.push(file.name);
  }
  const functions = await installFunctions(db, readFolder(path.join(folder, 'functions')));
  return { migrations, functions };
}

/** True if this call applied it. Its own row goes in first: a twin that was faster is seen before anything is done. */
async function applyMigration(db: Db, file: Migration): Promise<boolean> {
  return await inTransaction(
    db,
    async (client) => {
      await client.query(lockText);
      const { rowCount } = await client.query(
        `insert into pointferry_migration.migration (number, name, sha256) values ($1, $2, $3)
         on conflict do nothing`,
        [file.number, file.name, file.sha256],
      );
      if (rowCount === 0) return false;
      await runFile(client, `migrations/${file.name}`, file.text);
      return true;
    },
    again,
  );
}

/**
 * Files in the order of their names, `create or replace` only, all in one transaction: first without looking into the
 * bodies, so that they may call each other in any order, then once more with.
 */
async function installFunctions(db: Db, files: readonly SqlFile[]): Promise<string[]> {
  if (files.length === 0) return [];
  return await inTransaction(
    db,
    async (client) => {
      await client.query(lockText);
      const book = await readBook(client);
      const changed = files.filter((file) => book?.functions.get(file.name) !== file.sha256);
      for (const check of changed.length > 0 ? ['off', 'on'] : []) {
        await client.query(`set local check_function_bodies = ${check}`);
        for (const file of changed) await runFile(client, `functions/${file.name}`, file.text);
      }
      for (const file of changed) {
        await client.query(
          `insert into pointferry_migration.function_file (name, sha256) values ($1, $2)
           on conflict (name) do update set sha256 = excluded.sha256, applied_at = clock_timestamp()`,
          [file.name, file.sha256],
        );
      }
      return changed.map((file) => file.name);
    },
    again,
  );
}

async function runFile(client: Client, name: string, text: string): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.position === null) throw error;
    const offset = Array.from(text)
      .slice(0, error.position - 1)
      .join('').length;
    throw error.saying(pointAt(`sql/${name}`, text, offset, error.message));
  }
}

function readMigrations(folder: string): Migration[] {
  const files = readFolder(path.join(folder, 'migrations')).map((file) => {
    const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file.name)?.[1];
    if (number === undefined) throw badFolder(`${file.name} is not named NNNN-name.sql`);
    return { ...file, number: Number(number) };
  });
  files.forEach((file, index) => {
    if (file.number !== index + 1) throw badFolder(`${file.name} stands where number ${index + 1} should`);
  });
  return files;
}

const badFolder = (what: string): PointferryError =>
  new PointferryError('CONFIG_SCHEMA', `sql/migrations: ${what}`, {
    hint: 'number them from 0001 without gaps',
  });

function readFolder(folder: string): SqlFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(folder, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}
