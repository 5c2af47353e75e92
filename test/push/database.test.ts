import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/db/pool.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import { makePushWorld, many, type PushWorld } from './support.ts';

async function whole(world: PushWorld, operations: number): Promise<void> {
  assert.deepEqual(await world.states(), { delivered: operations });
  const summary = await world.admin.summary();
  assert.equal(summary.effects, operations);
  assert.deepEqual(summary.repeated, []);
  assert.equal((await world.query('select 1 from pointferry.late_answer')).length, 0);
}

for (const when of ['before', 'after'] as const) {
  test(`connections cut ${when} COMMIT arrives, again and again: nothing is lost, nothing twice`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(120, 40));
    const real = new URL(world.url);
    const proxy = await startProxy({ host: real.hostname, port: Number(real.port) });
    const through = new URL(world.url);
    through.port = String(proxy.port);
    through.hostname = '127.0.0.1';
    const db = openDatabase(through.href, { reconnectMs: 10_000 });
    t.after(async () => {
      await db.close();
      await proxy.close();
    });
    const holder = await world.owner();
    let cuts = 0;
    const pushing = world.push({ holder }, db);
    const cutting = (async () => {
      for (; cuts < 12; cuts = proxy.cuts()) {
        proxy.faults.cut ??= { pattern: /commit\0/, when };
        await sleep(40 + Math.random() * 160);
        if (await Promise.race([pushing.then(() => true), sleep(0).then(() => false)])) return;
      }
    })();
    const result = await pushing;
    await cutting;
    assert.equal(result.ended, 'drained');
    assert.ok(cuts >= 3, `only ${cuts} cuts`);
    t.diagnostic(`${proxy.cuts()} cuts`);
    await whole(world, 120);
  });
}

test('backends that are killed all the time cost time only', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(150, 50));
  const holder = await world.owner();
  const db = openDatabase(world.url, { reconnectMs: 10_000 });
  t.after(() => db.close());
  let end = false;
  let killed = 0;
  const pushing = world.push({ holder }, db).finally(() => {
    end = true;
  });
  while (!end && killed < 40) {
    const [row] = await world.query<{ n: number }>(
      `select count(pg_terminate_backend(pid)) as n from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name = 'pointferry'`,
    );
    killed += row?.n ?? 0;
    await sleep(100);
  }
  assert.equal((await pushing).ended, 'drained');
  t.diagnostic(`${killed} backends killed`);
  await whole(world, 150);
});
