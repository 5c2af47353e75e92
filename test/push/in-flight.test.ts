/** `maxInFlight` holds for the account: counted by a platform, over processes of their own. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase } from '../support/postgres.ts';
import { type Child, startChild } from './child.ts';
import { addRun, many, type PushWorld, pushWorldAt, quick } from './support.ts';

interface Counting {
  readonly url: string;
  /** Requests begun and not yet answered by the platform, whatever became of their connections. */
  readonly now: () => number;
  readonly most: () => number;
  readonly seen: () => number;
}

/** A platform that takes `ms` for each request, and counts how many it works on at once. A lost connection ends no work. */
async function counting(t: TestContext, ms: number): Promise<Counting> {
  let [now, most, seen] = [0, 0, 0];
  const server = createServer(async (request, response) => {
    now += 1;
    seen += 1;
    most = Math.max(most, now);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
      await sleep(ms);
      const { idempotency_key } = JSON.parse(Buffer.concat(chunks).toString()) as { idempotency_key: string };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ idempotency_key }));
    } catch {
      response.destroy(); // its sender was killed
    } finally {
      now -= 1;
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, now: () => now, most: () => most, seen: () => seen };
}

async function until(holds: () => boolean, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    assert.ok(performance.now() < end, 'it did not come to pass');
    await sleep(5);
  }
}

async function worldAt(t: TestContext, platform: Counting): Promise<PushWorld> {
  const { db, url } = await cloneDatabase(t);
  return pushWorldAt(t, { db, url, sandboxUrl: platform.url });
}

const pusher = (t: TestContext, world: PushWorld, run: string, maxInFlight: number, env = {}): Child =>
  startChild(
    t,
    {
      databaseUrl: world.url,
      account: world.account,
      runs: [run],
      windows: [{ limit: 200, perMs: 1_000 }],
      maxInFlight,
      leaseMs: 6_000,
      settings: { ...quick, requestDeadlineMs: 2_000 },
    },
    env,
  );

/** Runs of their own, each with operations of members of its own. */
async function runsOf(world: PushWorld, count: number, operations: number): Promise<string[]> {
  const runs: string[] = [];
  for (let i = 0; i < count; i++) {
    const run = i === 0 ? world.run : await addRun(world.db, world.account.name, `p${i}`);
    await world.add(
      many(operations, operations).map((spec) => ({ ...spec, member: `${i}_${spec.member}` })),
      run,
    );
    runs.push(run);
  }
  return runs;
}

test('three processes of an account that allows 3 at once: never more, one of them killed', async (t) => {
  const platform = await counting(t, 60);
  const world = await worldAt(t, platform);
  const runs = await runsOf(world, 3, 60);
  const [first, ...others] = runs.map((run) => pusher(t, world, run, 3));
  await until(() => platform.seen() >= 60 && platform.now() > 0);
  first?.process.kill('SIGKILL');
  assert.equal((await first?.exited)?.signal, 'SIGKILL');
  const again = pusher(t, world, world.run, 3);
  for (const child of [...others, again]) assert.equal((await child.result()).ended, 'drained');
  t.diagnostic(`at most ${platform.most()} at once, ${platform.seen()} requests`);
  assert.equal(platform.most(), 3);
  assert.deepEqual(await world.states(), { delivered: 180 });
  assert.deepEqual(await world.query('select * from pointferry.place'), [], 'all are given back');
});

test('five processes of an account that allows 2 at once: all get their turn, and are done', async (t) => {
  const platform = await counting(t, 30);
  const world = await worldAt(t, platform);
  const runs = await runsOf(world, 5, 25);
  const results = await Promise.all(runs.map((run) => pusher(t, world, run, 2).result()));
  assert.deepEqual(
    results.map(({ ended, counts }) => ({ ended, delivered: counts.delivered })),
    runs.map(() => ({ ended: 'drained', delivered: 25 })),
  );
  assert.ok(platform.most() <= 2, `${platform.most()} at once`);
});

test('a process alone has all that the account allows in flight', async (t) => {
  const platform = await counting(t, 100);
  const world = await worldAt(t, platform);
  await world.add(many(80, 80));
  const result = await pusher(t, world, world.run, 8).result();
  assert.equal(result.ended, 'drained');
  assert.equal(platform.most(), 8);
});
