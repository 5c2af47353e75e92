import assert from 'node:assert/strict';
import test from 'node:test';
import { createSilence } from '../../src/ledger/silence.ts';

/** Looks at an owner with a lease of 9 s after each of the given waits; gives what was said each time. */
function looks(steps: readonly (readonly [waitMs: number, heartbeat: string])[]): boolean[] {
  let now = 0;
  const silence = createSilence(() => now);
  return steps.map(([waitMs, heartbeatAt]) => {
    now += waitMs;
    return silence.isOver({ token: 1, heartbeatAt, leaseMs: 9_000 });
  });
}

test('an owner is silent for good once its heartbeat stood still for a whole lease', () => {
  const said = looks([
    [0, 'a'],
    [3_000, 'a'],
    [3_000, 'a'],
    [3_000, 'a'],
  ]);
  assert.deepEqual(said, [false, false, false, true]);
});

test('each sign of life begins anew, whichever way the clock of the server was set', () => {
  const said = looks([
    [0, '10:00'],
    [3_000, '10:00'],
    [3_000, '08:00'],
    [3_000, '08:00'],
    [3_000, '12:00'],
    [3_000, '12:00'],
  ]);
  assert.deepEqual(said, Array(6).fill(false));
});

test('a time in which nobody looked counts for nothing: the database may have been away', () => {
  const said = looks([
    [0, 'a'],
    [60_000, 'a'],
    [3_000, 'a'],
    [3_000, 'a'],
    [2_999, 'a'],
    [1, 'a'],
  ]);
  assert.deepEqual(said, [false, false, false, false, false, true]);
});
