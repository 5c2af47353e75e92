import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { migrate, requireSchema, schemaState } from '../../src/db/migrate.ts';
import { type Db, openDatabase, withClient } from '../../src/db/pool.ts';
import { PointferryError } from '../../src/ground/errors.ts';
import { emptyDatabase } from '../support/postgres.ts';

type Files = Readonly<Record<string, string>>;

function folderOf(t: TestContext, files: Files): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-sql-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['migrations', 'functions']) mkdirSync(path.join(folder, name));
  put(folder, files);
  return folder;
}

function put(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

const first = { 'migrations/0001-first.sql': 'create table t (n int); insert into t values (1);' };
const second = { 'migrations/0002-second.sql': 'alter table t add column m int;' };
const twice = (factor: number): Files => ({
  'functions/a-uses.sql':
    'create or replace function uses(n int) returns int language sql as $$ select twice(n) $$;',
  'functions/twice.sql': `create or replace function twice(n int) returns int language sql as $$ select ${factor} * n $$;`,
});

const one = async (db: Db, text: string): Promise<unknown> =>
  Object.values((await withClient(db, (client) => client.query(text))).rows[0] ?? {})[0];

const schemaError = (pattern: RegExp) => (error: unknown) =>
  error instanceof PointferryError &&
  error.code === 'CONFIG_SCHEMA' &&
  error.exitCode === 78 &&
  pattern.test(error.message);

test('an empty database is refused, told what would be done, migrated, and then current', async (t) => {
  const { db } = await emptyDatabase(t);
  const folder = folderOf(t, { ...first, ...second, ...twice(2) });
  await assert.rejects(requireSchema(db, folder), schemaError(/no schema of Pointferry/));
  const planned = await migrate(db, { folder, dryRun: true });
  assert.deepEqual(planned, {
    migrations: ['0001-first.sql', '0002-second.sql'],
    functions: ['a-uses.sql', 'twice.sql'],
  });
  assert.equal((await schemaState(db, folder)).kind, 'empty');
  assert.deepEqual(await migrate(db, { folder }), planned);
  assert.equal((await schemaState(db, folder)).kind, 'current');
  await requireSchema(db, folder);
  assert.equal(await one(db, 'select uses(21)'), 42);
  assert.deepEqual(await migrate(db, { folder }), { migrations: [], functions: [] });
});

test('only what is new is applied, and changed functions are installed again', async (t) => {
  const { db } = await emptyDatabase(t);
  const folder = folderOf(t, { ...first, ...twice(2) });
  await migrate(db, { folder });
  put(folder, { ...second, ...twice(3) });
  await assert.rejects(requireSchema(db, folder), schemaError(/older schema/));
  assert.deepEqual(await migrate(db, { folder }), {
    migrations: ['0002-second.sql'],
    functions: ['twice.sql'],
  });
  assert.equal(await one(db, 'select uses(2)'), 6);
  assert.equal(await one(db, 'select count(*) from t'), 1);
});

test('a schema of a newer version, or of other text, is refused by every verb and by migrate', async (t) => {
  const { db } = await emptyDatabase(t);
  await migrate(db, { folder: folderOf(t, { ...first, ...second }) });
  const older = folderOf(t, first);
  assert.equal((await schemaState(db, older)).kind, 'ahead');
  const edited = folderOf(t, { ...second, 'migrations/0001-first.sql': 'create table t (n bigint);' });
  for (const [folder, pattern] of [
    [older, /does not know: 0002-second\.sql/],
    [edited, /differ from the ones of this version: 0001-first\.sql/],
  ] as const) {
    await assert.rejects(requireSchema(db, folder), schemaError(pattern));
    await assert.rejects(migrate(db, { folder }), schemaError(pattern));
  }
});

test('of several that migrate at once each migration is applied by one', async (t) => {
  const { db, url } = await emptyDatabase(t);
  const folder = folderOf(t, { ...first, ...second, ...twice(2) });
  const racers = Array.from({ length: 6 }, () => openDatabase(url, { max: 2 }));
  const done = await Promise.all(racers.map((racer) => migrate(racer, { folder })));
  await Promise.all(racers.map((racer) => racer.close()));
  const applied = done.flatMap(({ migrations }) => migrations).sort();
  assert.deepEqual(applied, ['0001-first.sql', '0002-second.sql']);
  assert.deepEqual(done.flatMap(({ functions }) => functions).sort(), ['a-uses.sql', 'twice.sql']);
  assert.equal(await one(db, 'select count(*) from t'), 1);
  await requireSchema(db, folder);
});

test('a failing migration leaves nothing of itself, keeps the ones before, and points at the place', async (t) => {
  const { db } = await emptyDatabase(t);
  const broken = {
    'migrations/0002-second.sql': 'create table u (n int);\nalter table nowhere\n  add m int;',
  };
  const folder = folderOf(t, { ...first, ...broken });
  await assert.rejects(migrate(db, { folder }), /relation "nowhere" does not exist/);
  assert.equal(await one(db, `select to_regclass('u')::text`), null);
  assert.deepEqual((await schemaState(db, folder)).applied, ['0001-first.sql']);
  put(folder, { 'migrations/0002-second.sql': 'create table u (n int);\n  selec 1;' });
  await assert.rejects(
    migrate(db, { folder }),
    /sql\/migrations\/0002-second\.sql:2:3: syntax error.*\n {4} {2}selec 1;\n {4} {2}\^/,
  );
});

test('files without a number, and gaps in the numbers, are refused', async (t) => {
  const { db } = await emptyDatabase(t);
  await assert.rejects(
    schemaState(db, folderOf(t, { 'migrations/first.sql': '' })),
    schemaError(/not named NNNN-name/),
  );
  await assert.rejects(schemaState(db, folderOf(t, second)), schemaError(/stands where number 1 should/));
});
