import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { copyRows, encodeRow } from '../../src/db/copy.ts';
import { isDatabaseError } from '../../src/db/failure.ts';
import { type Db, openDatabase, withConnection } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const { db, url } = await cloneDatabase();
await withConnection(db, (client) => client.query('create table half (a text)'));
const minute = { statementTimeoutMs: 60_000 };

const cells: (string | null)[][] = [
  ['plain', '', null],
  ['\\.', '\\', '\\N'],
  ['tab\there', 'line\nend', 'carriage\r\nreturn'],
  ['\\.\n\\.', 'é€𝄞', ' spaces '],
  ['\b\f\v\x7f', '\'quotes"', '\\x41\\101'],
];

test('cells come back as they were, end markers, nulls and all', async () => {
  await inTransaction(db, async (client) => {
    await client.query(
      'create table public."Odd ""Name" (n int generated always as identity, a text, b text, "C c" text)',
    );
    assert.equal(await copyRows(client, ['public', 'Odd "Name'], ['a', 'b', 'C c'], cells), cells.length);
    const { rows } = await client.query<{ cells: (string | null)[] }>(
      'select array[a, b, "C c"] as cells from public."Odd ""Name" order by n',
    );
    assert.deepEqual(
      rows.map((row) => row.cells),
      cells,
    );
  });
});

test('lines that are already encoded are taken as they are, and counted', async () => {
  await inTransaction(db, async (client) => {
    await client.query('create table encoded (a text, b text)');
    const lines = Buffer.from(
      [
        ['1', 'a\nb'],
        ['2', null],
        ['\\.', ''],
      ]
        .map(encodeRow)
        .join(''),
    );
    assert.equal(await copyRows(client, 'encoded', ['a', 'b'], [lines, ['3', 'cells']], { freeze: true }), 4);
    const { rows } = await client.query('select a, b from encoded order by a');
    assert.deepEqual(
      rows.map(({ a, b }) => [a, b]),
      [
        ['1', 'a\nb'],
        ['2', null],
        ['3', 'cells'],
        ['\\.', ''],
      ],
    );
  });
  const marked = [Buffer.from('1\t2\n\\.\n')];
  await assert.rejects(
    inTransaction(db, (client) => copyRows(client, 'encoded', ['a', 'b'], marked)),
    /end marker/,
  );
});

test('what the server refuses names the state and no cell, and the connection goes on', async () => {
  await withConnection(db, async (client) => {
    await client.query('create table numbers (n int)');
    const failure = await copyRows(client, 'numbers', ['n'], [['1'], ['secret-cell']]).catch(
      (error: unknown) => error,
    );
    assert.ok(isDatabaseError(failure, '22P02'));
    assert.doesNotMatch(`${failure.message} ${failure.stack}`, /secret-cell/);
    await assert.rejects(copyRows(client, 'numbers', ['n'], [['\0']]), (error) =>
      isDatabaseError(error, '22021'),
    );
    assert.deepEqual((await client.query('select count(*) from numbers')).rows, [{ count: 0 }]);
  });
});

test('a source that fails takes its rows with it', async () => {
  async function* source() {
    for (let i = 0; i < 100_000; i++) yield ['some cell'];
    throw new Error('the file ends here');
  }
  await assert.rejects(
    inTransaction(db, (client) => copyRows(client, 'half', ['a'], source())),
    /the file ends here/,
  );
  await assert.rejects(
    inTransaction(db, (client) => copyRows(client, 'half', ['a'], [['a\ud800b']])),
    /lone surrogate/,
  );
  await assert.rejects(
    inTransaction(db, (client) => copyRows(client, 'half', ['a'], [['a', 'b']])),
    /2 cells for 1 columns/,
  );
  const { rows } = await withConnection(db, (client) => client.query('select count(*) from half'));
  assert.deepEqual(rows, [{ count: 0 }]);
});

async function* endless() {
  for (;;) yield ['some cell'];
}

async function proxied(t: TestContext): Promise<{ proxy: TcpProxy; through: Db }> {
  const target = new URL(url);
  const proxy = await startProxy({ host: target.hostname, port: Number(target.port) });
  target.port = String(proxy.port);
  const through = openDatabase(target.href, { max: 1 });
  t.after(async () => {
    await through.close();
    await proxy.close();
  });
  return { proxy, through };
}

const lost = (error: unknown): boolean => isDatabaseError(error) && error.kind === 'connection';

test('a backend terminated during a COPY fails it, and the process goes on', async (t) => {
  const through = openDatabase(url, { max: 1 });
  t.after(() => through.close());
  const copying = withConnection(through, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    async function* untilEnded() {
      let sent = 0;
      for await (const row of endless()) {
        if (++sent === 50_000) {
          await withConnection(db, (killer) =>
            killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]),
          );
        }
        yield row;
      }
    }
    return await copyRows(client, 'half', ['a'], untilEnded());
  });
  await assert.rejects(copying, lost);
  assert.equal(through.pool.totalCount, 0);
});

test('a COPY into a connection that swallows everything is given up in time', async (t) => {
  const { proxy, through } = await proxied(t);
  const copying = withConnection(through, async (client) => {
    client.timeoutMs = 300;
    async function* intoNothing() {
      yield ['first'];
      proxy.faults.blackHole = true;
      yield ['last'];
    }
    return await copyRows(client, 'half', ['a'], intoNothing());
  });
  await assert.rejects(copying, lost);
  assert.equal(through.pool.totalCount, 0);
});

test('a COPY that is called off leaves nothing', async () => {
  const off = new AbortController();
  async function* source() {
    yield* cells.map(() => ['row']);
    off.abort();
    yield* endless();
  }
  const copying = inTransaction(db, (client) =>
    copyRows(client, 'half', ['a'], source(), { signal: off.signal }),
  );
  await assert.rejects(copying, /abort/i);
  const { rows } = await withConnection(db, (client) => client.query('select count(*) from half'));
  assert.deepEqual(rows, [{ count: 0 }]);
});

test('100,000 rows of ten short cells a second or more, streamed', async (t) => {
  const columns = Array.from({ length: 10 }, (_, i) => `c${i}`);
  const total = 200_000;
  async function* source() {
    for (let i = 0; i < total; i++) yield columns.map((_, c) => (c === 9 ? null : `cell ${i} ${c}`));
  }
  await inTransaction(
    db,
    async (client) => {
      await client.query(`create table fast (${columns.map((name) => `${name} text`).join(', ')})`);
      const start = performance.now();
      assert.equal(await copyRows(client, 'fast', columns, source(), { freeze: true }), total);
      const perSecond = Math.round(total / ((performance.now() - start) / 1000));
      t.diagnostic(`${perSecond} rows/s of 10 cells, RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
      // a loaded machine is no failure of ours: the floor only catches a change of kind
      assert.ok(perSecond > 10_000);
    },
    minute,
  );
});
