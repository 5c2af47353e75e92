import assert from 'node:assert/strict';
import { failpoints } from '../../src/db/failpoint.ts';
import { concurrently } from '../world/concurrently.ts';
import { startChild } from './child.ts';
import { addRun, makePushWorld, many, type PushWorld, quick } from './support.ts';

const test = concurrently(3, import.meta.filename);

const settings = { ...quick, requestDeadlineMs: 2_000 };

function start(t: Parameters<typeof startChild>[0], world: PushWorld, failpoint?: string, run = world.run) {
  return startChild(
    t,
    {
      databaseUrl: world.url,
      account: world.account,
      runs: [run],
      windows: [{ limit: 200, perMs: 1_000 }],
      leaseMs: 8_000,
      settings,
    },
    failpoint === undefined ? {} : { POINTFERRY_FAILPOINTS: failpoint },
  );
}

/** What must hold whatever died: each operation once in the journal, all of them delivered, no lane left taken. */
async function whole(world: PushWorld, operations: number): Promise<void> {
  assert.deepEqual(await world.states(), { delivered: operations });
  const summary = await world.admin.summary();
  assert.equal(summary.effects, operations);
  assert.deepEqual(summary.repeated, []);
  assert.equal((await world.query('select 1 from pointferry.lane where in_flight is not null')).length, 0);
  assert.equal((await world.query('select 1 from pointferry.attempt where outcome is null')).length, 0);
}

/** Per member, effects in the order of the operations. */
async function inOrder(world: PushWorld): Promise<void> {
  const wanted = await world.query<{ subject: string; key: string }>(
    'select subject, key from pointferry.operation order by version_at, run_seq, file_place, record',
  );
  const effects = await world.admin.effects();
  for (const subject of new Set(wanted.map((row) => row.subject))) {
    assert.deepEqual(
      effects.flatMap((effect) =>
        effect.subject === subject && 'identity' in effect ? [effect.identity] : [],
      ),
      wanted.filter((row) => row.subject === subject).map((row) => row.key),
    );
  }
}

const points = failpoints.filter((point) => point.startsWith('push/') && !point.includes('takeover'));
for (const point of points) {
  test(`killed at ${point}: the next push finishes, each effect once and in order`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(24, 8));
    const child = start(t, world, `${point}=kill@2`);
    assert.equal((await child.exited).signal, 'SIGKILL');
    await start(t, world).result();
    await whole(world, 24);
    await inOrder(world);
  });
}

for (const point of ['push/before-takeover-commit', 'push/after-takeover'] as const) {
  test(`killed while taking over, at ${point}`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(12, 6));
    await start(t, world, 'push/after-send=kill@4').exited;
    assert.equal((await start(t, world, `${point}=kill`).exited).signal, 'SIGKILL');
    await start(t, world).result();
    await whole(world, 12);
  });
}

test('an error that nobody expects ends the push, and loses nothing', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(24, 8));
  for (const point of ['push/after-send', 'push/before-settle-commit', 'push/after-intent']) {
    assert.equal((await start(t, world, `${point}=throw@2`).exited).code, 1);
  }
  await start(t, world).result();
  await whole(world, 24);
});

test('three processes over the same members, one stopped past its lease and woken: order and effects hold', async (t) => {
  const world = await makePushWorld(t);
  const runs = [
    world.run,
    await addRun(world.db, world.account.name, 'b'),
    await addRun(world.db, world.account.name, 'c'),
  ];
  for (const run of runs) await world.add(many(60, 10), run);
  const [frozen, ...others] = runs.map((run, i) =>
    start(t, world, i === 0 ? 'push/before-send=stop@20' : undefined, run),
  );
  for (const child of others) await child.result();
  const [owner] = await world.query<{ token: number }>(
    'select min(token) as token from pointferry.owner where pid = $1',
    [frozen?.process.pid],
  );
  assert.ok(owner);
  // its lease runs out while it stands still, and another process goes on with its run
  await start(t, world, undefined, world.run).result();
  frozen?.process.kill('SIGCONT');
  await frozen?.exited;
  await whole(world, 180);
});
