/**
 * What the first core could not see, for every `npm test`: ledgers that go back, processes out of sight, clocks, people,
 * settings. A seed of its own each time; POINTFERRY_FAULTS_SEED replays one.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { deaths } from './death.ts';
import { ledger } from './ledger.ts';
import { people } from './people.ts';
import { startServer } from './server.ts';
import { settings } from './settings.ts';
import { type Part, type Suite, suiteOf } from './suite.ts';

const seed = Number(process.env.POINTFERRY_FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000));
const server = await startServer();
after(() => server.close());
const suite: Suite = { ...suiteOf(server, 'core', seed), say: () => undefined };

/** Everything that is wrong, with what is typed to see it again. */
function assertNone(part: Part, atLeast: number): void {
  const again = `npm run test:faults -- --part ${part.name} --seed ${seed} --story`;
  const said = part.failures.map(({ story, words }) => `${again} ${story}\n  ${words.join('\n  ')}`);
  assert.deepEqual(said, []);
  assert.ok(part.rounds >= atLeast, `${part.rounds} scenes of ${part.name}`);
}

test('a ledger that went back loses nothing and is noticed', async () => {
  assertNone(await ledger(suite), 3);
});

test('who cannot be seen, or has another clock, is not taken for dead', async (t) => {
  const part = await deaths(suite);
  for (const what of Object.keys(part.counts)) t.diagnostic(what);
  // a laptop may not make namespaces nor set clocks; what decides whether a change lands must
  assertNone(part, process.env.CI === 'true' ? 6 : 0);
});

test('people and platforms between two runs', async () => {
  assertNone(await people(suite), 6);
});

test('settings of a database change nothing', async () => {
  assertNone(await settings(suite), 5);
});
