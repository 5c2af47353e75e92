import assert from 'node:assert/strict';
import { test as testAlone } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../src/db/pool.ts';
import type { PushEvent } from '../../src/push/result.ts';
import { concurrently } from '../world/concurrently.ts';
import { addRun, makePushWorld, many, type PushWorld } from './support.ts';

const test = concurrently(4, import.meta.filename);

test('one 429 pauses the account for every process, for as long as it says', async (t) => {
  const world = await makePushWorld(t);
  const other = await addRun(world.db, world.account.name, 'other');
  await world.add(many(60, 30));
  await world.add(many(60, 30), other);
  await world.admin.setFaults([{ name: 'storm', nth: [10], do: { kind: 'throttle', retryAfter: 1 } }]);
  const results = await Promise.all([world.push(), world.push({ runs: [other] })]);
  assert.deepEqual(
    results.map((result) => result.ended),
    ['drained', 'drained'],
  );
  assert.deepEqual(await world.states(), { delivered: 120 });
  const attempts = await world.query<{ n: number }>(`select max(attempts) as n from pointferry.operation`);
  assert.equal(attempts[0]?.n, 1, 'waiting for a limit is never an attempt');
  const requests = await world.admin.requests();
  const refused = requests.find((request) => request.status === 429);
  const after = requests
    .map((request) => Date.parse(request.at) - Date.parse(refused?.at ?? ''))
    .filter((ms) => ms > 600); // before that, the other process may not have looked yet
  assert.ok(Math.min(...after) >= 950, `sent again after ${Math.min(...after)} ms`);
});

test('an absurd Retry-After is cut, with a warning; garbage is ignored', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(3, 3));
  await world.admin.setFaults([
    { name: 'absurd', nth: [1], do: { kind: 'throttle', retryAfter: 86_400 } },
    { name: 'garbage', nth: [2], do: { kind: 'throttle', retryAfter: 'soon' } },
  ]);
  const warnings: string[] = [];
  const result = await world.push({
    settings: { retryAfterMostMs: 300 },
    hooks: { progress: (event: PushEvent) => void (event.event === 'warning' && warnings.push(event.words)) },
  });
  assert.equal(result.ended, 'drained');
  assert.equal(warnings.length, 1);
});

testAlone('a clock that is set back by an hour, and forward, holds nothing up', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(250, 100));
  const real = Date.now.bind(Date);
  let setBy = 0;
  t.mock.method(Date, 'now', () => real() + setBy);
  const pushing = world.push({
    windows: [{ limit: 100, perMs: 1_000 }],
    signal: AbortSignal.timeout(60_000),
  });
  await world.admin.waitForRequests(50);
  setBy = -3_600_000;
  await world.admin.waitForRequests(150, { timeoutMs: 30_000 });
  setBy = 3_600_000;
  assert.equal((await pushing).ended, 'drained');
});

test('a push heeds a pause while it lasts, and what ends it', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(300, 100));
  const pushing = world.push({ windows: [{ limit: 100, perMs: 1_000 }] });
  await world.admin.waitForRequests(20);
  await world.query(
    `update pointferry.account set paused_until = 'infinity', pause_reason = 'lunch', paused_by = 'me'`,
  );
  const sent = await whenQuiet(world);
  assert.ok(sent < 300, `${sent} requests`);
  assert.equal((await world.states()).sending ?? 0, 0, 'no attempt is left open');
  await world.query(
    `update pointferry.account set paused_until = null, pause_reason = null, paused_by = null`,
  );
  assert.equal((await pushing).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 300 });
});

/** How many requests there were, once none has come for a second. */
async function whenQuiet(world: PushWorld): Promise<number> {
  for (let before = -1; ; ) {
    const { length } = await world.admin.requests();
    if (length === before) return length;
    before = length;
    await sleep(1_000);
  }
}

test('the breaker opens on 5xx, one probe at a time finds out, and it closes on success', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(400, 400));
  await world.admin.setFaults([{ name: 'ill', forMs: 1_500, do: { kind: 'status', status: 503 } }]);
  const pushing = world.push({ settings: { resends: 50, attempts: 50, probeAfterMs: 200 } });
  const seen = new Set<string>();
  let end = false;
  void pushing.finally(() => {
    end = true;
  });
  while (!end) {
    const [row] = await world.query<{ breaker: string }>('select breaker from pointferry.account');
    seen.add(row?.breaker ?? '');
    await sleep(5);
  }
  assert.equal((await pushing).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 400 });
  assert.ok(seen.has('open') && seen.has('probing'));
  const [row] = await world.query<{ breaker: string }>('select breaker from pointferry.account');
  assert.equal(row?.breaker, 'closed');
  const bad = (await world.admin.requests()).filter((request) => request.status === 503);
  // without a breaker each of them would have been sent into the illness, most of them more than once
  assert.ok(bad.length < 200, `${bad.length} requests into an ill platform`);
  assert.deepEqual((await world.admin.summary()).repeated, []);
});

test('while there is new work, one request in ten at most is a retry; the rest of them follow', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(400, 400));
  await world.admin.setFaults([{ name: 'ill', share: 0.25, do: { kind: 'status', status: 503 } }]);
  const result = await world.push({
    windows: [{ limit: 500, perMs: 1_000 }],
    settings: { attempts: 50, resends: 50, retryPatienceMs: 3_600_000 },
  });
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 400 });
  const bodies = (await world.admin.requests()).map((request) => request.bodySha256);
  const isRetry = bodies.map((body, i) => bodies.indexOf(body) < i);
  const whileNew = isRetry.slice(0, isRetry.lastIndexOf(false) + 1);
  const retries = whileNew.filter(Boolean).length;
  t.diagnostic(`${retries} of ${whileNew.length} requests, ${bodies.length} in all`);
  assert.ok(bodies.length > 470, 'a quarter was refused');
  assert.ok(retries <= whileNew.length / 10 + 10, `${retries} of ${whileNew.length} were retries`);
});

test('refusals never open the breaker', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(40, 40));
  await world.admin.setFaults([{ name: 'no', do: { kind: 'status', status: 404 } }]);
  assert.equal((await world.push()).ended, 'drained');
  assert.deepEqual(await world.states(), { failed: 40 });
  const [row] = await world.query<{ breaker: string }>('select breaker from pointferry.account');
  assert.equal(row?.breaker, 'closed');
});

test('a platform that stays ill ends the push; its rows stay pending, and the next push goes on', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(30, 30));
  await world.admin.setFaults([{ name: 'ill', do: { kind: 'status', status: 503 } }]);
  const result = await world.push({ settings: { resends: 50, attempts: 50, downAfterMs: 800 } });
  assert.equal(result.ended, 'platform_down');
  const states = await world.states();
  assert.equal((states.ready ?? 0) + (states.in_doubt ?? 0), 30);
  await world.admin.setFaults([]);
  const next = await world.push();
  assert.equal(next.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 30 });
});

test('a platform that cannot be reached costs no attempt', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(4, 4));
  const result = await world.push({
    account: { ...world.account, baseUrl: 'http://127.0.0.1:1/partner-api' },
    settings: { downAfterMs: 500 },
  });
  assert.equal(result.ended, 'platform_down');
  assert.deepEqual(await world.states(), { ready: 4 });
  const [row] = await world.query<{ n: number }>('select max(attempts) as n from pointferry.operation');
  assert.equal(row?.n, 0);
  // the same account, back at another port of this machine
  assert.equal((await world.push()).ended, 'drained');
});

test('401 stops the account, nothing counts, and one request of the next push lifts it', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(40, 40));
  const wrong = { ...world.account, secrets: { apiKey: 'wrong' } };
  const first = await world.push({ account: wrong });
  assert.equal(first.ended, 'credentials');
  assert.deepEqual(await world.states(), { ready: 40 });
  const before = (await world.admin.requests()).length;
  const second = await world.push({ account: wrong });
  assert.equal(second.ended, 'credentials');
  assert.equal((await world.admin.requests()).length - before, 1, 'one request asks');
  const third = await world.push();
  assert.equal(third.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 40 });
  const rows = await world.query<{ n: number; stopped: boolean }>(
    `select max(attempts) as n, (select stopped_at is not null from pointferry.account) as stopped from pointferry.operation`,
  );
  assert.deepEqual(rows[0], { n: 1, stopped: false });
});

test('a token that ends is refreshed once for all', async (t) => {
  const world = await makePushWorld(t, { platform: 'fabric' });
  const secrets = {
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    tokenUrl: `${world.sandboxUrl}/oauth2/default/v1/token`,
  };
  const specs = Array.from({ length: 60 }, (_none, i) => ({
    member: `p${i}`,
    kind: 'fabric.member',
    fields: { profileId: `p${i}`, firstName: 'Jo' },
  }));
  await world.add(specs);
  await world.admin.setFaults([
    { name: 'end', route: 'fabric.member', nth: [20], do: { kind: 'expire-token' } },
  ]);
  const result = await world.push({ account: { ...world.account, secrets } });
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 60 });
  const { fabric } = await world.admin.stats();
  assert.equal(fabric.byRoute['fabric.token'], 2);
});

test('a redirect is never followed and ends the push', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(5, 5));
  await world.admin.setFaults([{ name: 'moved', do: { kind: 'redirect', location: 'http://127.0.0.1:9/' } }]);
  const result = await world.push();
  assert.equal(result.ended, 'redirect');
  assert.deepEqual(await world.states(), { ready: 5 });
});

test('another address later is refused', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(1, 1));
  await world.push();
  await world.add(many(1, 1));
  const account = { ...world.account, baseUrl: world.account.baseUrl.replace('127.0.0.1', '127.0.0.2') };
  await assert.rejects(world.push({ account }), { code: 'CONFIG_ORIGIN_CHANGED', exitCode: 78 });
});

test('a signal lets requests in flight finish, settles them, and gives the rest back', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(200, 100));
  await world.admin.setFaults([{ name: 'slow', do: { kind: 'latency', ms: 300 } }]);
  const stop = new AbortController();
  const pushing = world.push({ signal: stop.signal });
  await world.admin.waitForEffects(5);
  stop.abort();
  const result = await pushing;
  assert.equal(result.ended, 'interrupted');
  const states = await world.states();
  assert.equal((states.delivered ?? 0) + (states.ready ?? 0), 200);
  assert.equal((await world.admin.effects()).length, states.delivered);
  const taken = await world.query('select 1 from pointferry.lane where in_flight is not null');
  assert.equal(taken.length, 0);
});

test('a long window is kept as well', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(40, 40));
  const stop = new AbortController();
  const waiting: string[] = [];
  const { ended, counts } = await world.push({
    windows: [
      { limit: 200, perMs: 1_000 },
      { limit: 25, perMs: 600_000 },
    ],
    signal: stop.signal,
    hooks: {
      progress(event) {
        if (event.event !== 'waiting' || event.reason !== 'window') return;
        waiting.push(event.words);
        setTimeout(() => stop.abort(), 1_000).unref();
      },
    },
  });
  assert.equal(ended, 'interrupted');
  assert.deepEqual(waiting, ['25 requests per 600 s are used up']);
  assert.equal(counts.booked, 25);
  assert.equal(counts.sent + counts.lost, 25, 'a busy machine loses slots, and books none in their place');
  assert.equal((await world.states()).delivered, counts.sent);
});

test('a limit takes so many operations and leaves the rest', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(30, 6));
  const result = await world.push({ limit: { most: 7, begun: new Set() } });
  assert.equal(result.ended, 'limit');
  assert.deepEqual(await world.states(), { delivered: 7, ready: 23 });
  const [row] = await world.query<{ identity: string }>(
    `select identity from pointferry.operation where state = 'ready' order by id desc limit 1`,
  );
  const only = await world.push({ only: row?.identity ?? '' });
  assert.equal(only.ended, 'limit');
  assert.deepEqual(await world.states(), { delivered: 8, ready: 22 });
});

test('a threshold stops the push', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(200, 100));
  let settled = 0;
  const result = await world.push({
    hooks: {
      progress: (event) => {
        if (event.event === 'settled') settled = event.counts.delivered;
      },
      checkThreshold: async () => settled > 20,
    },
  });
  assert.equal(result.ended, 'stopped');
  assert.ok(((await world.states()).ready ?? 0) > 100);
});

test('secrets and what was sent about a person are in no stored answer', async (t) => {
  const world = await makePushWorld(t);
  await world.add([
    {
      member: 'member-12345',
      kind: 'hang.member',
      fields: { first_name: 'Wilhelmina', email: 'wilhelmina@example.com' },
    },
  ]);
  await world.admin.setFaults([
    {
      name: 'echo',
      do: {
        kind: 'status',
        status: 422,
        body: 'wilhelmina@example.com Wilhelmina sandbox-hang-key member-12345',
      },
    },
  ]);
  await world.push();
  const { rows } = await withClient(world.db, (client) =>
    client.query<{ text: string }>(
      `select concat_ws(' ', a.answer, a.reason, o.reason, a.headers::text) as text
       from pointferry.attempt a join pointferry.operation o on o.id = a.operation`,
    ),
  );
  for (const row of rows) assert.doesNotMatch(row.text, /wilhelmina|sandbox-hang-key|member-12345/i);
});

test('released parked operations of other runs are sent, also when the last ones come at the end', async (t) => {
  const world = await makePushWorld(t);
  const other = await addRun(world.db, world.account.name, 'other');
  await world.add(many(5, 5));
  const parked = await world.add(many(4, 4), other);
  await world.query(
    `update pointferry.operation set state = 'parked', lane = null, subject = null where id = any ($1)`,
    [parked],
  );
  let asked = 0;
  const result = await world.push({
    hooks: {
      releaseParked: async () => {
        asked += 1;
        if (asked < 2) return [];
        await world.query(
          `update pointferry.operation o set state = 'ready', subject = l.subject, lane = l.id
           from pointferry.lane l where o.state = 'parked' and l.subject = o.member_key`,
        );
        return [other];
      },
    },
  });
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 9 });
  const [row] = await world.query<{ by: string }>(
    'select distinct settled_by as by from pointferry.operation where id = any ($1)',
    [parked],
  );
  assert.equal(row?.by, world.run);
});

test('`stop` from anywhere interrupts a push, and the next one sends the rest', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(300, 100));
  const pushing = world.push({ windows: [{ limit: 100, perMs: 1_000 }] });
  await world.admin.waitForRequests(20);
  await world.query('update pointferry.run set stop_requested = now() where id = $1', [world.run]);
  assert.equal((await pushing).ended, 'interrupted');
  assert.ok(((await world.states()).ready ?? 0) > 0);
  await world.query('update pointferry.run set stop_requested = null');
  assert.equal((await world.push({ windows: [{ limit: 300, perMs: 1_000 }] })).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 300 });
  assert.deepEqual((await world.admin.summary()).repeated, []);
});
