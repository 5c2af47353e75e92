import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf } from '../../src/destinations/limits.ts';
import { estimate } from '../../src/report/findings/plan.ts';

const day = 86_400_000;

test('a plan paces an account that states only a daily quota as the push does: at 5 requests a second', () => {
  const limits = limitsOf({ windows: [{ limit: 1_000, per: '1d' }] });
  const within = estimate(500, limits, null);
  assert.equal(within.ms, 100_000);
  assert.deepEqual(within.binding, { limit: 5, perMs: 1_000, per: '1s' });
  const beyond = estimate(2_500, limits, null);
  assert.equal(beyond.ms, 2 * day + 100_000);
  assert.deepEqual(beyond.binding, { limit: 1_000, perMs: day, per: '1d' });
});

test('where answers are slow, the requests in flight decide and not the window', () => {
  const limits = limitsOf({ windows: [{ limit: 50, per: '1s' }], maxInFlight: 4 });
  const slow = estimate(1_000, limits, 800);
  assert.deepEqual(slow, { ms: 200_000, binding: { maxInFlight: 4, latencyMs: 800 }, latencyMs: 800 });
  const fast = estimate(1_000, limits, 40);
  assert.deepEqual(fast, { ms: 20_000, binding: { limit: 50, perMs: 1_000, per: '1s' }, latencyMs: 40 });
});

test('an account that has not answered yet is reckoned by its windows', () => {
  const limits = limitsOf({ windows: [{ limit: 10, per: '1s' }], maxInFlight: 1 });
  assert.equal(estimate(100, limits, null).ms, 10_000);
});
