import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { DatabaseError, isDatabaseError } from '../../src/db/failure.ts';
import { builder, runCompiled, typed } from '../../src/db/kysely.ts';
import { type Client, type Db, labelOf, openDatabase, withConnection } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { startProxy } from '../support/tcp-proxy.ts';

const { db, url } = await cloneDatabase();

async function pidOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

/** Ends a backend and waits until it is gone. */
async function terminate(pid: number): Promise<void> {
  await withConnection(db, (client) => client.query('select pg_terminate_backend($1, 5000)', [pid]));
}

const lostConnection = (error: unknown): boolean =>
  error instanceof DatabaseError && error.kind === 'connection';

async function works(on: Db): Promise<void> {
  assert.equal((await withConnection(on, (client) => client.query('select 1'))).rowCount, 1);
}

test('a backend terminated while idle is forgotten, and the next query gets a new one', async (t) => {
  const gone = Promise.withResolvers<DatabaseError>();
  const victim = openDatabase(url, { max: 1, onIdleError: gone.resolve });
  t.after(() => victim.close());
  await terminate(await withConnection(victim, pidOf));
  assert.equal((await gone.promise).sqlstate, '57P01');
  await works(victim);
});

test('a backend terminated while checked out fails the next statement, not the process', async (t) => {
  const victim = openDatabase(url, { max: 1 });
  t.after(() => victim.close());
  const lost = withConnection(victim, async (client) => {
    const dead = Promise.withResolvers<void>();
    client.raw.once('end', dead.resolve);
    await terminate(await pidOf(client));
    await dead.promise;
    await client.query('select 1');
  });
  await assert.rejects(lost, lostConnection);
  await works(victim);
});

test('a backend terminated inside a typed query fails that query, not the process', async (t) => {
  const victim = openDatabase(url, { max: 1 });
  t.after(() => victim.close());
  const query = typed<object>(victim).selectNoFrom(sql`pg_sleep(30)`.as('slept')).execute();
  const failed = assert.rejects(query, lostConnection);
  const sleeping = `select pid from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
  let pid: number | undefined;
  while (pid === undefined) {
    await sleep(10);
    pid = (await withConnection(db, (client) => client.query<{ pid: number }>(sleeping))).rows[0]?.pid;
  }
  await terminate(pid);
  await failed;
  await works(victim);
});

test('typed queries and compiled ones give typed rows, and Kysely runs no transaction', async () => {
  interface Schema {
    things: { id: number; name: string };
  }
  await inTransaction(db, async (client) => {
    await client.query('create table things (id bigint, name text)');
    const things = typed<Schema>(client);
    const inserted = await things.insertInto('things').values({ id: 1, name: 'one' }).executeTakeFirst();
    assert.equal(inserted.numInsertedOrUpdatedRows, 1n);
    assert.deepEqual(await things.selectFrom('things').selectAll().execute(), [{ id: 1, name: 'one' }]);
    const query = builder<Schema>().selectFrom('things').select('name').where('id', '=', 1).compile();
    assert.deepEqual(await runCompiled(client, query), [{ name: 'one' }]);
  });
  await assert.rejects(
    typed<Schema>(db)
      .transaction()
      .execute(async () => 1),
    /use inTransaction/,
  );
});

test('a half-open connection is noticed in time and destroyed, never given out again', async (t) => {
  const { port, hostname } = new URL(url);
  const proxy = await startProxy({ host: hostname, port: Number(port) });
  const through = new URL(url);
  through.port = String(proxy.port);
  const victim = openDatabase(through.href, { max: 1 });
  t.after(async () => {
    await victim.close();
    await proxy.close();
  });
  const before = await withConnection(victim, pidOf);
  proxy.faults.blackHole = true;
  const start = performance.now();
  const stuck = withConnection(victim, (client) => client.query('select 1', undefined, { timeoutMs: 300 }));
  await assert.rejects(stuck, lostConnection);
  assert.ok(performance.now() - start < 30_000);
  assert.equal(victim.pool.totalCount, 0);
  proxy.faults.blackHole = false;
  assert.notEqual(await withConnection(victim, pidOf), before);
});

test('an exhausted pool says so after a bounded wait', async (t) => {
  const small = openDatabase(url, { max: 1, connectTimeoutMs: 1_500 }); // a busy machine takes its time to connect
  t.after(() => small.close());
  const nested = withConnection(small, () => withConnection(small, pidOf));
  await assert.rejects(nested, (error) => error instanceof DatabaseError && error.kind === 'busy');
  await works(small);
});

test('what a connection says while it is destroyed is heard, and does not end the process', async (t) => {
  const small = openDatabase(url, { max: 1 });
  t.after(() => small.close());
  const raw = await withConnection(small, async (client) => {
    await client.query('begin');
    return client.raw;
  });
  assert.doesNotThrow(() => raw.emit('error', new Error('terminating connection')));
});

test('a connection with an open transaction is not given to the next', async (t) => {
  const small = openDatabase(url, { max: 1 });
  t.after(() => small.close());
  const leaver = await withConnection(small, async (client) => {
    await client.query('begin');
    return await pidOf(client);
  });
  assert.notEqual(await withConnection(small, pidOf), leaver);
});

test('timeouts hold within the transaction and leave nothing in the session', async (t) => {
  const small = openDatabase(url, { max: 1 });
  t.after(() => small.close());
  const show = `select array_agg(setting order by name) as it from pg_settings
    where name in ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'synchronous_commit')`;
  const read = (client: Client) => client.query<{ it: string[] }>(show).then(({ rows }) => rows[0]?.it);
  const options = { statementTimeoutMs: 1234, lockTimeoutMs: 432, syncCommit: true };
  const before = await withConnection(small, read);
  assert.deepEqual(await inTransaction(small, read, options), ['30000', '432', '1234', 'on']);
  assert.deepEqual(await withConnection(small, read), before);
  const slow = inTransaction(small, (client) => client.query('select pg_sleep(5)'), {
    statementTimeoutMs: 50,
  });
  await assert.rejects(
    slow,
    (error) => isDatabaseError(error, '57014') && error.code === 'CONFIG_DATABASE_BUSY',
  );
});

test('only what pgbouncer lets pass is sent when connecting', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const probe = openDatabase(`postgres://someone@127.0.0.1:${port}/somewhere`, { connectTimeoutMs: 2_000 });
  t.after(async () => {
    await probe.close();
    server.close();
  });
  const failed = assert.rejects(withConnection(probe, pidOf), lostConnection);
  const [socket] = await once(server, 'connection');
  const [hello] = await once(socket, 'data');
  socket.destroy();
  await failed;
  const words: string[] = hello
    .subarray(8)
    .toString('latin1')
    .split('\0')
    .filter((word: string) => word !== '');
  const names = words.filter((_, index) => index % 2 === 0).sort();
  assert.deepEqual(names, ['application_name', 'client_encoding', 'database', 'user']);
});

test('errors keep state and constraint, and drop every value', async () => {
  await withConnection(db, async (client) => {
    await client.query('create table people (email text constraint one_each unique, born date)');
    await client.query(`insert into people values ('ann@secret.example')`);
    const again = await client
      .query(`insert into people values ($1)`, ['ann@secret.example'])
      .catch((e: unknown) => e);
    assert.ok(isDatabaseError(again, '23505'));
    assert.equal(again.constraint, 'one_each');
    const badDate = await client
      .query('insert into people (born) values ($1)', ['secret-date'])
      .catch((e: unknown) => e);
    assert.ok(isDatabaseError(badDate, '22007'));
    for (const error of [again, badDate]) {
      assert.doesNotMatch(JSON.stringify(error) + error.message + error.stack, /secret/);
      assert.equal(error.cause, undefined);
    }
  });
});

test('cells come back exact: no float, no moved date, no rounded integer', async () => {
  await withConnection(db, async (client) => {
    const { rows } = await client.query(`select 9007199254740991::int8 as big, 0.10::numeric as price,
      array[1.10, null]::numeric[] as prices, array[1, 2]::int8[] as ids, date '2024-03-31' as day,
      timestamp '2024-03-31 02:30' as local, timestamptz '2024-03-31 02:30:00.5Z' as instant,
      timestamptz 'infinity' as never, '{"a":1}'::jsonb as doc, array['2024-01-01'::date] as days`);
    assert.deepEqual(rows[0], {
      big: Number.MAX_SAFE_INTEGER,
      price: '0.10',
      prices: ['1.10', null],
      ids: [1, 2],
      day: '2024-03-31',
      local: '2024-03-31 02:30:00',
      instant: new Date('2024-03-31T02:30:00.500Z'),
      never: new Date(8.64e15),
      doc: { a: 1 },
      days: ['2024-01-01'],
    });
    await assert.rejects(client.query('select 9007199254740992::int8'), /safe integers/);
  });
});

test('labels and errors of URLs hold no password', () => {
  assert.equal(labelOf('postgres://u:secret@db.example:6543/books'), 'db.example:6543/books');
  assert.equal(labelOf('postgres://u:secret@/books?host=/run/pg'), '/run/pg/books');
  assert.throws(
    () => openDatabase('not a url with secret'),
    (error) => error instanceof Error && !/secret/.test(`${error.message}${JSON.stringify(error)}`),
  );
});
