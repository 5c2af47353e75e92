/**
 * The core of the fault suite, for every `npm test`: see README.md for the rest of it. A seed of its own each time;
 * POINTFERRY_FAULTS_SEED replays one.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { failpoints } from '../../src/db/failpoint.ts';
import { edgeChain } from './edges.ts';
import { kills } from './kills.ts';
import { pointChains } from './points.ts';
import { startServer } from './server.ts';
import { type Part, type Suite, suiteOf } from './suite.ts';

const seed = Number(process.env.POINTFERRY_FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000));
const server = await startServer();
after(() => server.close());
const suite: Suite = { ...suiteOf(server, 'core', seed), say: () => undefined };

/** Everything that is wrong, with the seed that says how to see it again. */
function assertNone(part: Part): void {
  const said = part.failures.map(({ story, words }) => `story ${story}:\n  ${words.join('\n  ')}`);
  assert.deepEqual(said, [], `POINTFERRY_FAULTS_SEED=${seed}`);
}

test('20 random kills in every stage lose nothing and send nothing twice', async (t) => {
  const part = await kills(suite);
  t.diagnostic(`seed ${seed}: ${part.rounds} kills (${JSON.stringify(part.counts)})`);
  assertNone(part);
  assert.ok(part.rounds >= 20);
});

test('a death at each failpoint loses nothing and sends nothing twice', async (t) => {
  const part = await pointChains(suite);
  t.diagnostic(`seed ${seed}: ${part.rounds} failpoints`);
  assertNone(part);
  assert.equal(part.rounds, failpoints.length);
});

test('the Nth I/O that fails, at ten seeded N, costs a run at most', async (t) => {
  const part = await edgeChain(suite);
  t.diagnostic(`seed ${seed}: ${part.rounds} of 10 struck (${JSON.stringify(part.counts)})`);
  assertNone(part);
  assert.ok(part.rounds >= 5);
});
