/** SIGTERM and Ctrl-C in every stage: nothing new begins, what is in flight is settled, exit 4, and the next start goes on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../src/db/pool.ts';
import type { CliProcess, Ended } from '../world/cli.ts';
import { salesPipeline } from '../world/pipelines.ts';
import { makeWorld, type Summary } from '../world/world.ts';

const names = ['staged', 'normalized', 'pushed', 'slow', 'twice'];
const world = await makeWorld(
  Object.fromEntries(names.map((name) => [name, salesPipeline(name, { more: `where: { type: 'sale' },` })])),
);
const header = 'id,member,type,value,at\n';
const sales = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${i},${name}_${i},sale,1.00,2026-05-01 10:00\n`).join('');
/** Rows that take a while to land and to look at, and are not sent. */
const bulk = (count: number): string =>
  Array.from({ length: count }, (_, i) => `b${i},bulk,other,1.00,2026-05-01 10:00\n`).join('');

/** Resolves when the newest run of a pipeline stands in a stage. */
async function stageReached(name: string, stage: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { rows } = await withClient(world.database.db, (client) =>
      client.query<{ stage: string }>('select stage from pointferry.run where pipeline = $1', [name]),
    );
    if (rows[0]?.stage === stage) return;
    await sleep(50);
  }
  throw new Error(`${name} never came to ${stage}`);
}

/** What is cut off is in doubt, and not sent again before its deadline. */
const soon = { POINTFERRY_REQUEST_DEADLINE_MS: '3000' };

interface Interruption {
  /** After the signal. */
  readonly afterwards?: (running: CliProcess) => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a pipeline and sends a signal when `ready` says so. Returns what it ended with. */
async function interrupted(
  name: string,
  signal: NodeJS.Signals,
  ready: () => Promise<unknown>,
  { afterwards, env = {} }: Interruption = {},
): Promise<{ ran: Ended; summary: Summary | null }> {
  const running = world.start(['run', name, '--json'], { env });
  await ready();
  running.signal(signal);
  await afterwards?.(running);
  const ran = await running.ended;
  return { ran, summary: ran.stdout === '' ? null : JSON.parse(ran.stdout) };
}

for (const [name, stage] of [
  ['staged', 'read'],
  ['normalized', 'normalize'],
] as const) {
  test(`in ${stage}: exit 4, the books balance, resume sends what there is`, async () => {
    world.write(`${name}/a.csv`, header + sales(name, 3) + bulk(150_000));
    const { ran, summary } = await interrupted(name, 'SIGTERM', () => stageReached(name, stage));
    assert.deepEqual(
      { code: ran.code, status: summary?.status, balanced: summary?.balanced },
      { code: 4, status: 'interrupted', balanced: true },
      ran.stderr,
    );
    assert.equal((await world.admin.effects({ subject: `${name}_0` })).length, 0);
    const resumed = await world.summary(['resume']);
    assert.deepEqual(
      {
        run: resumed.run,
        exitCode: resumed.exitCode,
        delivered: resumed.rows.delivered,
        filtered: resumed.rows.filtered,
      },
      { run: summary?.run, exitCode: 0, delivered: 3, filtered: 150_000 },
    );
  });
}

test('in push: requests in flight finish and are settled, nothing more is sent', async () => {
  world.write('pushed/a.csv', header + sales('pushed', 80));
  await world.admin.setFaults([{ route: 'hang.activity', do: { kind: 'latency', ms: 1_500 } }]);
  const before = (await world.admin.stats()).hang.requests;
  const { ran, summary } = await interrupted('pushed', 'SIGINT', () =>
    world.admin.waitForRequests(before + 20, { timeoutMs: 60_000 }),
  );
  assert.deepEqual(
    { code: ran.code, status: summary?.status },
    { code: 4, status: 'interrupted' },
    ran.stderr,
  );
  const delivered = summary?.rows.delivered ?? 0;
  assert.ok(delivered >= 20 && delivered < 80, `${delivered} delivered`);
  assert.equal(summary?.rows.pending, 80 - delivered);
  assert.equal((await world.admin.stats()).hang.requests - before, delivered, 'every request was settled');
  await world.admin.setFaults([]);
  const resumed = await world.summary(['resume']);
  assert.deepEqual(
    { exitCode: resumed.exitCode, delivered: resumed.rows.delivered, sent: resumed.requests.sent },
    { exitCode: 0, delivered: 80, sent: 80 },
  );
});

test('in push, where answers take longer than is waited: cut off, in doubt, and told by the same key afterwards', async () => {
  world.write('slow/a.csv', header + sales('slow', 8));
  await world.admin.setFaults([
    { route: 'hang.activity', do: { kind: 'latency', ms: 25_000, when: 'after' } },
  ]);
  const { ran, summary } = await interrupted(
    'slow',
    'SIGTERM',
    () => world.admin.waitForEffects(1, { subject: 'slow_7', timeoutMs: 60_000 }),
    { env: soon },
  );
  assert.deepEqual({ code: ran.code, pending: summary?.rows.pending }, { code: 4, pending: 8 }, ran.stderr);
  await world.admin.setFaults([]);
  const resumed = await world.summary(['run', 'slow']);
  assert.equal(resumed.exitCode, 0);
  assert.deepEqual((await world.admin.summary()).repeated, []);
});

test('the second signal ends it at once, and the next run recovers', async () => {
  world.write('twice/a.csv', header + sales('twice', 8));
  await world.admin.setFaults([
    { route: 'hang.activity', do: { kind: 'latency', ms: 25_000, when: 'after' } },
  ]);
  const { ran, summary } = await interrupted(
    'twice',
    'SIGTERM',
    () => world.admin.waitForEffects(1, { subject: 'twice_7', timeoutMs: 60_000 }),
    {
      afterwards: async (running) => {
        await sleep(500);
        running.signal('SIGTERM');
      },
      env: soon,
    },
  );
  assert.deepEqual({ code: ran.code, summary }, { code: 4, summary: null });
  await world.admin.setFaults([]);
  const again = await world.ferry(['run', 'twice', '--json']);
  assert.equal(again.code, 0, again.err);
  const [before] = JSON.parse(again.out).before ?? [];
  assert.deepEqual(
    { status: before?.status, delivered: before?.rows.delivered },
    { status: 'completed', delivered: 8 },
  );
  assert.deepEqual((await world.admin.summary()).repeated, []);
});
