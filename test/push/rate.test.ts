import assert from 'node:assert/strict';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { cloneDatabase } from '../support/postgres.ts';
import { concurrently } from '../world/concurrently.ts';
import { sandboxProcess, temporaryFolder } from '../world/sandbox.ts';
import { startChild } from './child.ts';
import { addRun, many, type PushWorld, pushWorldAt, quick } from './support.ts';

const test = concurrently(2, import.meta.filename);

/** The enforcing sandbox as a process of its own: 100 requests in any sliding second. */
async function limited(t: TestContext, limit: number): Promise<PushWorld> {
  const folder = await temporaryFolder(t);
  const { url: sandboxUrl } = await sandboxProcess(t, [
    '--journal',
    path.join(folder, 'journal.jsonl'),
    '--auto-members',
    '--rate',
    `${limit}/1000`,
  ]);
  const { db, url } = await cloneDatabase(t);
  return pushWorldAt(t, { db, url, sandboxUrl });
}

/** An idle machine has none (`npm run bench push` holds it to that); on a busy one a request may arrive late. */
const mayBeRefused = (requests: number): number => requests / 50;

test('a process keeps to 100 requests in any second', async (t) => {
  const world = await limited(t, 100);
  await world.add(many(400, 100));
  const result = await world.push({
    windows: [{ limit: 100, perMs: 1_000 }],
    settings: { requestDeadlineMs: 10_000 },
  });
  assert.equal(result.ended, 'drained');
  const { hang } = await world.admin.stats();
  t.diagnostic(`most in a second ${hang.maxPerSecond}, 429s ${hang.throttled}`);
  assert.ok(hang.throttled <= mayBeRefused(400), `${hang.throttled} requests were one too many`);
});

test('three processes share 100 requests/s, and one of them is killed and started again', async (t) => {
  const world = await limited(t, 100);
  const runs = [
    world.run,
    await addRun(world.db, world.account.name, 'b'),
    await addRun(world.db, world.account.name, 'c'),
  ];
  for (const run of runs) await world.add(many(200, 60), run);
  const start = (run: string) =>
    startChild(t, {
      databaseUrl: world.url,
      account: world.account,
      runs: [run],
      windows: [{ limit: 100, perMs: 1_000 }],
      settings: { ...quick, requestDeadlineMs: 5_000 },
    });
  const [first, ...others] = runs.map(start);
  await world.admin.waitForRequests(150);
  first?.process.kill('SIGKILL');
  await first?.exited;
  const again = start(world.run);
  for (const child of [...others, again]) assert.equal((await child.result()).ended, 'drained');
  const { hang } = await world.admin.stats();
  t.diagnostic(`most in a second ${hang.maxPerSecond}, 429s ${hang.throttled}`);
  assert.deepEqual(await world.states(), { delivered: 600 });
  assert.deepEqual((await world.admin.summary()).repeated, []);
  assert.ok(hang.throttled <= mayBeRefused(600), `${hang.throttled} requests were one too many`);
});
