/** One place pins what statements depend on (src/db/begin.ts), and one what letters are (sql/functions/letters.sql). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findPipeline } from '../../src/check/find.ts';
import { DatabaseError } from '../../src/db/failure.ts';
import { typed } from '../../src/db/kysely.ts';
import { type Client, type Db, openDatabase, withClient, withConnection } from '../../src/db/pool.ts';
import { whyReadOnly } from '../../src/db/read-only.ts';
import { sqlFolder } from '../../src/db/sql.ts';
import { inTransaction, reading } from '../../src/db/transaction.ts';
import { loadKinds } from '../../src/destinations/index.ts';
import { neededColumns } from '../../src/mapping/columns.ts';
import { explainSql } from '../../src/mapping/compile.ts';
import { emptyDatabase } from '../support/postgres.ts';

const { db, name } = await emptyDatabase();

/** As no person would have them all at once. */
const otherwise: Readonly<Record<string, string>> = {
  search_path: 'pg_toast, pg_catalog',
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  escape_string_warning: 'off',
  transform_null_equals: 'on',
  array_nulls: 'off',
  timezone: "'Asia/Kolkata'",
  datestyle: "'SQL, DMY'",
  intervalstyle: "'sql_standard'",
  bytea_output: "'escape'",
  extra_float_digits: '-15',
  quote_all_identifiers: 'on',
  synchronous_commit: 'off',
  default_transaction_isolation: "'serializable'",
  statement_timeout: '40',
  lock_timeout: '10',
  idle_in_transaction_session_timeout: '20',
};

const all = async (client: Client): Promise<Record<string, string>> => {
  const names = [...Object.keys(otherwise), 'transaction_isolation', 'transaction_timeout'];
  const list = names.map((one) => `current_setting('${one}', true) as ${one}`).join(', ');
  const [row] = (await client.query<Record<string, string>>(`select ${list}`)).rows;
  const { default_transaction_isolation: _, ...seen } = row ?? {};
  return seen;
};

/** Every way that other folders have to the database. */
const ways: Readonly<Record<string, (db: Db) => Promise<Record<string, string>>>> = {
  withClient: (from) => withClient(from, all),
  reading: (from) => reading(from, all),
  inTransaction: (from) => inTransaction(from, all),
};

test('a beginning that fails half way leaves no transaction on its connection', async (t) => {
  const { db: one } = await emptyDatabase(t, { max: 1, statementTimeoutMs: -5 }); // refused once the transaction has begun
  for (const way of [withClient, inTransaction, reading]) {
    await assert.rejects(
      way(one, (client: Client) => client.query('select 1')),
      /-5 ms is outside/,
    );
    await withConnection(one, (client) => client.query('select 1'));
  }
});

test('no setting of a database or a role reaches a statement, whichever way it goes', async () => {
  const expected = await withClient(db, all);
  assert.equal(expected.transaction_isolation, 'read committed');
  await withConnection(db, async (client) => {
    const { rows } = await client.query<{ newer: boolean }>(
      `select current_setting('server_version_num')::int >= 170000 as newer`,
    );
    const settings = { ...otherwise, ...(rows[0]?.newer ? { transaction_timeout: '1500' } : {}) };
    for (const [setting, value] of Object.entries(settings))
      await client.query(`alter database ${name} set ${setting} = ${value}`);
  });
  const { connectionString = '' } = db.pool.options;
  const anew = openDatabase(connectionString);
  try {
    const theirs = await withConnection(anew, all);
    const same = Object.keys(expected).filter((setting) => theirs[setting] === expected[setting]);
    assert.deepEqual(same, [], 'each is another one without us');
    for (const [way, seen] of Object.entries(ways)) assert.deepEqual(await seen(anew), expected, way);
    const kysely = typed<{ pg_settings: { name: string; setting: string } }>(anew);
    const style = kysely.selectFrom('pg_settings').select('setting').where('name', '=', 'DateStyle');
    assert.deepEqual(await style.execute(), [{ setting: expected.datestyle }]);
  } finally {
    await anew.close();
  }
});

const filesOf = (folder: string, ending: string): { file: string; text: string }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => ({ file: path.join(folder, file), text: readFileSync(path.join(folder, file), 'utf8') }));

const sourceFolder = path.join(sqlFolder, '../src');

test('nobody outside src/db has a connection whose settings are the server’s', () => {
  const files = filesOf(sourceFolder, '.ts').filter(({ file }) => !file.includes(`${path.sep}db${path.sep}`));
  assert.ok(files.length > 100);
  const wrong = files.filter(({ text }) =>
    /\bwithConnection\b|\bpool\.(connect|query)\b|from 'pg'/.test(text),
  );
  assert.deepEqual(
    wrong.map(({ file }) => file),
    [],
  );
});

/** Of SQL: calls and patterns whose answer is up to a locale. */
const depends =
  /(?<![\w.])(lower|upper|initcap|casefold)\(|(~|regexp_\w+\(|substring\()[^;]*?'[^']*(\\[swdmMy]|\(\?i\)|\[\[?:)/;

test('no fixed statement asks the locale of the database what a letter is', () => {
  const lines = filesOf(sqlFolder, '.sql').flatMap(({ text }) => text.split('\n'));
  const bare = lines.filter((line) => !/^\s*--/.test(line) && depends.test(line));
  assert.deepEqual(
    bare.filter((line) => !/collate|pointferry\.matches\(/.test(line)),
    [],
  );
});

test('and no built one', async () => {
  const kinds = await loadKinds();
  const folder = path.join(sqlFolder, '../pipelines');
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []));
  for (const one of names) {
    const { pipeline } = await findPipeline(folder, one);
    const kind = kinds.get(pipeline.operation);
    assert.ok(kind);
    const columns = neededColumns(pipeline).map((column) => column.name);
    const sql = explainSql(pipeline, kind, columns);
    for (const line of sql.split('\n')) assert.doesNotMatch(line, depends, one);
  }
});

test('a standby that refuses a write is waited for: it may be a failover', async () => {
  const rows = [{ standby: true, source: 'default' }];
  const client = { query: async () => ({ rows, rowCount: 1, command: 'SELECT' }) } as unknown as Client;
  const refused = new DatabaseError('connection', 'cannot execute INSERT', { sqlstate: '25006' });
  const said = await whyReadOnly(client, refused);
  assert.ok(said instanceof DatabaseError);
  assert.deepEqual({ kind: said.kind, exitCode: said.exitCode }, { kind: 'connection', exitCode: 3 });
  assert.match(said.message, /the server is a standby/);
});
