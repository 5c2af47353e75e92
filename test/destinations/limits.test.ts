import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf, windowsOf } from '../../src/destinations/limits.ts';
import { durationText } from '../../src/ground/duration.ts';

const careful = { limit: 5, perMs: 1_000 };

test('requests are paced by the shortest window, and the longer ones are counted', () => {
  const account = {
    windows: [
      { limit: 1_000, per: '1d' },
      { limit: 50, per: '1s' },
      { limit: 600, per: '1m' },
    ],
    maxInFlight: 12,
  };
  assert.deepEqual(limitsOf(account), {
    pace: { limit: 50, perMs: 1_000 },
    quotas: [
      { limit: 600, perMs: 60_000 },
      { limit: 1_000, perMs: 86_400_000 },
    ],
    maxInFlight: 12,
    isStated: true,
  });
});

test('an account that states nothing gets 5 requests a second and 4 in flight', () => {
  assert.deepEqual(limitsOf({}), { pace: careful, quotas: [], maxInFlight: 4, isStated: false });
});

test('a daily quota alone says nothing about a pace: both hold', () => {
  const limits = limitsOf({ windows: [{ limit: 1_000, per: '1d' }] });
  assert.deepEqual(windowsOf(limits), [careful, { limit: 1_000, perMs: 86_400_000 }]);
  assert.equal(limits.isStated, true);
});

test('a window is written in the largest unit that needs no fraction', () => {
  const written = [250, 1_000, 90_000, 60_000, 3_600_000, 86_400_000].map(durationText);
  assert.deepEqual(written, ['250ms', '1s', '90s', '1m', '1h', '1d']);
});
