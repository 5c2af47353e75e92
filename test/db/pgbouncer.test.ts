import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { copyRows } from '../../src/db/copy.ts';
import { serverUser } from '../../src/db/embedded/binaries.ts';
import { freePort } from '../../src/db/embedded/postmaster.ts';
import { typed } from '../../src/db/kysely.ts';
import { migrate, requireSchema } from '../../src/db/migrate.ts';
import { openDatabase, withClient, withConnection } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { waitForDatabase } from '../../src/db/wait.ts';
import { emptyDatabase } from '../support/postgres.ts';

const installed = spawnSync('pgbouncer', ['--version']).status === 0;

/** pgbouncer in transaction mode with two server connections, strict about startup parameters as it is by default. */
async function bouncerBefore(t: TestContext, url: string): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const dir = mkdtempSync(path.join(os.tmpdir(), 'pointferry-bouncer-'));
  const own = await freePort();
  const target = `host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`;
  writeFileSync(
    path.join(dir, 'pgbouncer.ini'),
    `[databases]\nbooks = ${target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${own}\nunix_socket_dir =
auth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n`,
  );
  const user = serverUser();
  chmodSync(dir, 0o755);
  const ids = user ? { uid: user.uid, gid: user.gid } : {};
  const child = spawn('pgbouncer', [path.join(dir, 'pgbouncer.ini')], { ...ids, cwd: '/', stdio: 'ignore' });
  t.after(() => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });
  return `postgres://anyone@127.0.0.1:${own}/books`;
}

test('everything works through pgbouncer in transaction mode', {
  skip: !installed && 'pgbouncer is not installed',
}, async (t) => {
  const { url } = await emptyDatabase(t);
  const db = openDatabase(await bouncerBefore(t, url), { max: 6 });
  t.after(() => db.close());
  await waitForDatabase(db, 10_000);
  await migrate(db);
  await requireSchema(db);
  await withClient(db, (client) => client.query('create table public.done (n int primary key, text text)'));
  const one = (n: number) =>
    inTransaction(
      db,
      async (client) => {
        await copyRows(client, ['public', 'done'], ['n', 'text'], [[String(n), 'copied']]);
        const { rows } = await client.query('select current_setting($1) as timeout', ['statement_timeout']);
        assert.deepEqual(rows, [{ timeout: `${1000 + n}ms` }]);
      },
      { statementTimeoutMs: 1000 + n, syncCommit: true, lostCommit: 'settle' },
    );
  await Promise.all(Array.from({ length: 40 }, (_, n) => one(n + 1)));
  interface Schema {
    done: { n: number };
  }
  const rows = await typed<Schema>(db).selectFrom('done').select('n').execute();
  assert.equal(rows.length, 40);
  const left = await withConnection(db, (client) =>
    client.query(`select current_setting('statement_timeout') as it`),
  );
  assert.deepEqual(left.rows, [{ it: '0' }]);
});
