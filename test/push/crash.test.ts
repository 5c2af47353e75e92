import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failpoints } from '../../src/db/failpoint.ts';
import { startChild } from './child.ts';
import { addRun, type House, many, quick, stand } from './support.ts';

const settings = { ...quick, requestDeadlineMs: 2_000 };

function start(t: Parameters<typeof startChild>[0], house: House, failpoint?: string, run = house.run) {
  return startChild(
    t,
    {
      databaseUrl: house.url,
      account: house.account,
      runs: [run],
      windows: [{ limit: 200, perMs: 1_000 }],
      leaseMs: 8_000,
      settings,
    },
    failpoint === undefined ? {} : { POINTFERRY_FAILPOINTS: failpoint },
  );
}

/** What must hold whatever died: each operation once in the journal, all of them delivered, no lane left taken. */
async function whole(house: House, operations: number): Promise<void> {
  assert.deepEqual(await house.states(), { delivered: operations });
  const summary = await house.admin.summary();
  assert.equal(summary.effects, operations);
  assert.deepEqual(summary.repeated, []);
  assert.equal((await house.query('select 1 from pointferry.lane where in_flight is not null')).length, 0);
  assert.equal((await house.query('select 1 from pointferry.attempt where outcome is null')).length, 0);
}

/** Per member, effects in the order of the operations. */
async function inOrder(house: House): Promise<void> {
  const wanted = await house.query<{ subject: string; key: string }>(
    'select subject, key from pointferry.operation order by version_at, run_seq, file_place, record',
  );
  const effects = await house.admin.effects();
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
    const house = await stand(t);
    await house.add(many(24, 8));
    const child = start(t, house, `${point}=kill@2`);
    assert.equal((await child.exited).signal, 'SIGKILL');
    await start(t, house).result();
    await whole(house, 24);
    await inOrder(house);
  });
}

for (const point of ['push/before-takeover-commit', 'push/after-takeover'] as const) {
  test(`killed while taking over, at ${point}`, async (t) => {
    const house = await stand(t);
    await house.add(many(12, 6));
    await start(t, house, 'push/after-send=kill@4').exited;
    assert.equal((await start(t, house, `${point}=kill`).exited).signal, 'SIGKILL');
    await start(t, house).result();
    await whole(house, 12);
  });
}

test('an error that nobody expects ends the push, and loses nothing', async (t) => {
  const house = await stand(t);
  await house.add(many(24, 8));
  for (const point of ['push/after-send', 'push/before-settle-commit', 'push/after-intent']) {
    assert.equal((await start(t, house, `${point}=throw@2`).exited).code, 1);
  }
  await start(t, house).result();
  await whole(house, 24);
});

test('three processes over the same members, one stopped past its lease and woken: order and effects hold', async (t) => {
  const house = await stand(t);
  const runs = [
    house.run,
    await addRun(house.db, house.account.name, 'b'),
    await addRun(house.db, house.account.name, 'c'),
  ];
  for (const run of runs) await house.add(many(60, 10), run);
  const [frozen, ...others] = runs.map((run, i) =>
    start(t, house, i === 0 ? 'push/before-send=stop@20' : undefined, run),
  );
  for (const child of others) await child.result();
  const [owner] = await house.query<{ token: number }>(
    'select min(token) as token from pointferry.owner where pid = $1',
    [frozen?.process.pid],
  );
  assert.ok(owner);
  // its lease runs out while it stands still, and another process goes on with its run
  await start(t, house, undefined, house.run).result();
  frozen?.process.kill('SIGCONT');
  await frozen?.exited;
  await whole(house, 180);
});
