import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markCommit, settleCommit } from '../../src/db/commit.ts';
import { CommitUnknown, DatabaseError, isDatabaseError } from '../../src/db/failure.ts';
import { migrate } from '../../src/db/migrate.ts';
import { type Client, type Db, openDatabase, withClient } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { waitForDatabase } from '../../src/db/wait.ts';
import { cloneDatabase, ownServer } from '../support/postgres.ts';
import { type Cut, startProxy } from '../support/tcp-proxy.ts';

const { db, url } = await cloneDatabase();
await withClient(db, (client) => client.query('create table noted (what text)'));

const note = (client: Client, what: string) => client.query('insert into noted values ($1)', [what]);
async function noted(what: string): Promise<number> {
  const { rows } = await withClient(db, (client) =>
    client.query<{ n: number }>('select count(*) as n from noted where what = $1', [what]),
  );
  return rows[0]?.n ?? -1;
}

test('a deadlock runs the whole transaction of its victim again', async () => {
  await withClient(db, (client) =>
    client.query('create table pair as select n, 0 as v from generate_series(1, 2) n'),
  );
  const bothHold = Promise.withResolvers<void>();
  let holding = 0;
  let runs = 0;
  const cross = (first: number, second: number): Promise<void> =>
    inTransaction(db, async (client) => {
      runs++;
      await client.query('set local deadlock_timeout = 20');
      await client.query('update pair set v = v + 1 where n = $1', [first]);
      if (++holding === 2) bothHold.resolve();
      await bothHold.promise;
      await client.query('update pair set v = v + 1 where n = $1', [second]);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  const { rows } = await withClient(db, (client) => client.query('select v from pair'));
  assert.deepEqual(rows, [{ v: 2 }, { v: 2 }]);
  assert.equal(runs, 3);
});

test('a serialization failure is tried so many times and no more', async () => {
  let runs = 0;
  const never = inTransaction(
    db,
    async (client) => {
      runs++;
      await client.query(`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
    },
    { attempts: 3 },
  );
  await assert.rejects(never, (error) => isDatabaseError(error, '40001'));
  assert.equal(runs, 3);
});

test('a connection lost before the commit runs the transaction again', async () => {
  let runs = 0;
  await inTransaction(db, async (client) => {
    runs++;
    await note(client, 'lost once');
    if (runs === 1) await client.query('select pg_terminate_backend(pg_backend_pid())');
  });
  assert.equal(runs, 2);
  assert.equal(await noted('lost once'), 1);
});

test('what the function throws rolls back, and is thrown', async () => {
  const failed = inTransaction(db, async (client) => {
    await note(client, 'thrown');
    throw new Error('mine');
  });
  await assert.rejects(failed, /^Error: mine$/);
  assert.equal(await noted('thrown'), 0);
});

test('a transaction whose failed statement was swallowed is not reported as committed', async () => {
  const swallowed = inTransaction(db, async (client) => {
    await note(client, 'swallowed');
    await client.query('select 1/0').catch(() => undefined);
  });
  await assert.rejects(swallowed, /although a statement in it had failed/);
});

test('a refusal at commit is an answer, not a lost commit', async () => {
  await withClient(db, (client) =>
    client.query(
      'create table late (n int unique deferrable initially deferred); insert into late values (1)',
    ),
  );
  const refused = inTransaction(db, (client) => client.query('insert into late values (1)'));
  await assert.rejects(refused, (error) => isDatabaseError(error, '23505'));
});

/** The database through a proxy that cuts at COMMIT. */
async function cutting(when: Cut['when'], times = 1): Promise<{ db: Db; end(): Promise<void> }> {
  const target = new URL(url);
  const proxy = await startProxy({ host: target.hostname, port: Number(target.port) });
  proxy.faults.cut = { pattern: /commit\0/, when, times };
  target.port = String(proxy.port);
  const through = openDatabase(target.href, { max: 2, reconnectMs: 2_000 });
  const end = async (): Promise<void> => {
    await through.close();
    await proxy.close();
  };
  return { db: through, end };
}

for (const [when, outcome] of [
  ['before', 'aborted'],
  ['after', 'committed'],
] as const) {
  test(`lostCommit settle happens exactly once when cut ${when} the commit arrived`, async (t) => {
    const cut = await cutting(when, 2);
    t.after(cut.end);
    const what = `settled ${when}`;
    let runs = 0;
    const result = await inTransaction(
      cut.db,
      async (client) => {
        await note(client, what);
        return ++runs;
      },
      { lostCommit: 'settle' },
    );
    assert.equal(result, runs);
    assert.equal(runs > 1, outcome === 'aborted');
    assert.equal(await noted(what), 1);
  });
}

test('without being asked for, a lost commit is thrown; an idempotent one runs again', async (t) => {
  const cut = await cutting('after', 2);
  t.after(cut.end);
  const error = await inTransaction(cut.db, (client) => note(client, 'thrown')).catch((e: unknown) => e);
  assert.ok(error instanceof CommitUnknown && error.exitCode === 3);
  await inTransaction(cut.db, (client) => note(client, 'twice'), { idempotent: true });
  assert.equal(await noted('twice'), 2);
});

test('one that wrote nothing has nothing to settle, and leaves no mark', async (t) => {
  const cut = await cutting('after');
  t.after(cut.end);
  const marks = () => withClient(db, (client) => client.query('select count(*) from pointferry.commit_mark'));
  const before = (await marks()).rows;
  let runs = 0;
  assert.equal(await inTransaction(cut.db, async () => ++runs, { lostCommit: 'settle' }), 1);
  assert.deepEqual((await marks()).rows, before);
});

test('a transaction still in progress is waited for, and unknown at the deadline', async () => {
  await inTransaction(db, async (client) => {
    await note(client, 'in progress');
    const mark = await markCommit(client);
    assert.notEqual(mark, null);
    assert.equal(await settleCommit(db, mark, 300), 'unknown');
    const answer = settleCommit(db, mark);
    await client.query('commit; begin');
    assert.equal(await answer, 'committed');
  });
});

test('a commit lost in a crash is not taken for that of the transaction that got its id', async (t) => {
  const server = await ownServer(t);
  const direct = openDatabase(server.url, { max: 2 });
  await migrate(direct);
  await withClient(direct, (client) => client.query('create table done (what text)'));
  const proxy = await startProxy({ host: '127.0.0.1', port: server.port });
  const target = new URL(server.url);
  target.port = String(proxy.port);
  const through = openDatabase(target.href, { max: 2 });
  t.after(async () => {
    await Promise.all([direct.close(), through.close()]);
    await proxy.close();
  });
  const insert = async (client: Client, what: string): Promise<string> => {
    await client.query('insert into done values ($1)', [what]);
    const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
    return rows[0]?.id ?? '';
  };
  const ids: string[] = [];
  const cut = Promise.withResolvers<void>();
  proxy.faults.cut = { pattern: /commit\0/, when: 'before', struck: cut.resolve };
  const lost = inTransaction(
    through,
    async (client) => {
      ids.push(await insert(client, 'lost'));
    },
    { lostCommit: 'settle' },
  );
  await cut.promise;
  proxy.faults.refuse = true;
  process.kill(server.pid, 'SIGQUIT');
  await server.start();
  const other = await inTransaction(direct, (client) => insert(client, 'other'), { idempotent: true });
  t.diagnostic(`the lost transaction was ${ids[0]}, the next one after the crash ${other}`);
  proxy.faults.refuse = false;
  await lost;
  assert.equal(ids.length, 2);
  const { rows } = await withClient(direct, (client) => client.query('select what from done order by what'));
  assert.deepEqual(rows, [{ what: 'lost' }, { what: 'other' }]);
});

test('transactions go on over immediate restarts of the server, each exactly once', async (t) => {
  const server = await ownServer(t);
  const own = openDatabase(server.url, { max: 4 });
  t.after(() => own.close());
  await migrate(own);
  await withClient(own, (client) => client.query('create table done (n int primary key)'));
  const total = 120;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) {
      const n = next++;
      await inTransaction(own, (client) => client.query('insert into done values ($1)', [n]), {
        lostCommit: 'settle',
        syncCommit: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const work = Promise.all([worker(), worker(), worker()]);
  let { pid } = server;
  for (let restart = 0; restart < 2; restart++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(pid, 'SIGQUIT'); // what pg_ctl stop -m immediate sends
    pid = (await server.start()).pid;
  }
  await work;
  const { rows } = await withClient(own, (client) => client.query('select count(*) as n from done'));
  assert.deepEqual(rows, [{ n: total }]);
});

test('waiting for a database ends at its deadline, and at once where waiting does not help', async () => {
  const nobody = openDatabase('postgres://127.0.0.1:1/none');
  const start = performance.now();
  await assert.rejects(waitForDatabase(nobody, 200), (e) => e instanceof DatabaseError && e.exitCode === 3);
  assert.ok(performance.now() - start < 30_000);
  const wrong = new URL(url);
  wrong.password = 'wrong-password';
  await assert.rejects(waitForDatabase(openDatabase(wrong.href), 60_000), (e) => isDatabaseError(e, '28P01'));
});
