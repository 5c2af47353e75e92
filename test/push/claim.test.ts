import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Db, openDatabase, withClient } from '../../src/db/pool.ts';
import { createSilence } from '../../src/ledger/silence.ts';
import { claim, release } from '../../src/push/work/claim.ts';
import { takeOver } from '../../src/push/work/doubt.ts';
import { addRun, kinds, makePushWorld, many, type PushWorld } from './support.ts';

/** A claim of everything, with room for retries; by whom and of which runs is the test's. */
const asked = (world: PushWorld) => ({
  account: world.account.name,
  kinds,
  by: world.run,
  only: null,
  among: null,
  retries: 100,
  retryPatienceMs: 60_000,
  backoffFarMs: 120_000,
  busy: new Set<number>(),
  ageMs: () => null,
  isSuspect: () => false,
  keyLeftMs: () => 0,
});

test('no operation and no lane is ever claimed twice: 80 rounds of 6 claimers at once', async (t) => {
  const world = await makePushWorld(t);
  const owners = await Promise.all(Array.from({ length: 6 }, () => world.owner()));
  await world.add(many(400, 50));
  const scope = { ...asked(world), runs: [world.run] };
  let claims = 0;
  for (let round = 0; round < 80; round++) {
    const claimed = await Promise.all(
      owners.map((owner) => claim(world.db, { ...scope, token: owner.token }, null, 12)),
    );
    const work = claimed.flatMap((each) => each.work);
    claims += work.length;
    assert.equal(new Set(work.map((each) => each.operation)).size, work.length);
    assert.equal(new Set(work.map((each) => each.lane)).size, work.length);
    const heads = await world.query<{ id: number }>(
      `select distinct on (lane) id from pointferry.operation where state = 'ready' order by lane, version_at`,
    );
    const oldest = new Set(heads.map((head) => head.id));
    for (const each of work) assert.ok(oldest.has(each.operation), 'the oldest of its lane');
    // half of them are settled, in a way that frees the lane only by its token; the others are given back
    for (const [i, owner] of owners.entries()) {
      const mine = claimed[i]?.work ?? [];
      const done = mine.filter((_each, at) => at % 2 === 0);
      await world.query(
        `update pointferry.operation set state = 'delivered', settled_at = now() where id = any ($1)`,
        [done.map((each) => each.operation)],
      );
      await world.query(
        `update pointferry.lane set in_flight = null, token = null where in_flight = any ($1) and token = $2`,
        [done.map((each) => each.operation), owner.token],
      );
      await release(
        world.db,
        owner.token,
        mine.filter((each) => !done.includes(each)),
      );
    }
  }
  assert.ok(claims > 400);
  assert.deepEqual(await world.states(), { delivered: 400 });
});

test('only operations of the runs held are claimed, in the order of all of them', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const foreign = await addRun(world.db, world.account.name, 'foreign');
  const second = await addRun(world.db, world.account.name, 'second');
  await world.add([{ member: 'm1', at: 1 }], foreign);
  const [later] = await world.add([{ member: 'm1', at: 3 }]);
  const [earlier] = await world.add([{ member: 'm1', at: 2 }], second);
  const scope = { ...asked(world), token };
  const both = await claim(world.db, { ...scope, runs: [world.run, second] }, null, 5);
  assert.deepEqual(
    both.work.map((work) => work.operation),
    [earlier],
  );
  await release(world.db, token, both.work);
  const one = await claim(world.db, { ...scope, runs: [world.run] }, null, 5);
  assert.deepEqual(
    one.work.map((work) => work.operation),
    [later],
  );
});

test('an operation that waits for its retry keeps its lane waiting', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const [first] = await world.add([
    { member: 'm1', at: 1 },
    { member: 'm1', at: 2 },
  ]);
  await world.query(`update pointferry.operation set next_at = now() + interval '1 minute' where id = $1`, [
    first,
  ]);
  const scope = { ...asked(world), token, runs: [world.run] };
  assert.equal((await claim(world.db, scope, null, 5)).work.length, 0);
});

test('a fenced owner claims nothing, and a living one is not taken over', async (t) => {
  const world = await makePushWorld(t);
  const mine = await world.owner();
  const other = await world.owner();
  await world.add(many(4, 4));
  const scope = { ...asked(world), runs: [world.run] };
  const taken = await claim(world.db, { ...scope, token: other.token }, null, 2);
  assert.equal(taken.work.length, 2);
  const doubts = {
    account: world.account.name,
    token: mine.token,
    kinds,
    by: world.run,
    keyRetentionMs: null,
    ageMs: () => null,
  };
  const silence = createSilence();
  const held = () => world.query('select token from pointferry.lane where in_flight is not null', []);
  await takeOver(world.db, doubts, silence, 1_000);
  assert.equal((await held()).length, 2, 'a living process keeps its lanes');
  await world.query('update pointferry.owner set fenced_at = now() where token = $1', [other.token]);
  assert.equal((await claim(world.db, { ...scope, token: other.token }, null, 2)).work.length, 0);
  assert.deepEqual(await takeOver(world.db, doubts, silence, 1_000), [], 'nothing of it was sent');
  assert.deepEqual(await held(), []);
});

test('a claim looks only at lanes that have something ready: 20,000 operations settled, 20,000 waiting', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const specs = many(20_000, 4_000);
  for (let i = 0; i < 2; i++) await world.add(specs);
  await world.query(
    `update pointferry.operation set state = 'delivered', settled_at = now() where id <= (select min(id) + 20000 from pointferry.operation)`,
  );
  await world.query('analyze pointferry.operation');
  const scope = { ...asked(world), token, runs: [world.run] };
  // of one connection, so that its counters are complete
  const db = openDatabase(world.url, { max: 1 });
  t.after(() => db.close());
  const before = await rowsRead(db);
  let cursor: number | null = null;
  for (let i = 0; i < 12; i++) {
    const claimed = await claim(db, scope, cursor, 100);
    cursor = claimed.cursor;
    assert.equal(claimed.work.length, 100);
  }
  const perClaim = ((await rowsRead(db)) - before) / 12;
  t.diagnostic(`a claim of 100 reads ${perClaim} rows`);
  assert.ok(perClaim < 10_000, `a claim of 100 read ${perClaim} rows`);
});

/** Rows of operations and lanes that statements have read. */
async function rowsRead(db: Db): Promise<number> {
  await withClient(db, (client) => client.query('select pg_stat_force_next_flush()'));
  const { rows } = await withClient(db, (client) =>
    client.query<{ n: number }>(
      `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::int as n from pg_stat_user_tables
       where schemaname = 'pointferry' and relname in ('operation', 'lane')`,
    ),
  );
  return rows[0]?.n ?? 0;
}

test('a retry that lies hours ahead is due: the clock by which it was noted has been set back', async (t) => {
  const world = await makePushWorld(t);
  const owner = await world.owner();
  await world.add(many(2, 2));
  const scope = { ...asked(world), runs: [world.run], token: owner.token };
  const ahead = (by: string) =>
    world.query(`update pointferry.operation set next_at = clock_timestamp() + $1::interval, attempts = 1`, [
      by,
    ]);
  await ahead('100 seconds');
  assert.equal((await claim(world.db, scope, null, 2)).work.length, 0);
  await ahead('2 hours');
  assert.equal((await claim(world.db, scope, null, 2)).work.length, 2);
});

test('what this process has in hand is not claimed again, whatever the ledger says', async (t) => {
  const world = await makePushWorld(t);
  const owner = await world.owner();
  const [first] = await world.add([{ member: 'm1' }, { member: 'm1' }, { member: 'm2' }]);
  const scope = { ...asked(world), runs: [world.run], token: owner.token, busy: new Set([first ?? 0]) };
  const { work } = await claim(world.db, scope, null, 3);
  assert.deepEqual(
    work.map((each) => each.subject),
    ['m2'],
    'its whole lane waits',
  );
});
