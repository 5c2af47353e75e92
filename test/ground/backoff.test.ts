import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffMs } from '../../src/ground/backoff.ts';

const bounds = { firstMs: 500, mostMs: 30_000 };
const longest = (attempt: number): number => backoffMs(attempt, bounds, () => 1);

test('the longest wait doubles with each attempt, up to a bound', () => {
  assert.deepEqual([1, 2, 3, 6, 7, 1_000].map(longest), [500, 1_000, 2_000, 16_000, 30_000, 30_000]);
});

test('a wait is anything between nothing and the longest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(attempt, bounds, () => random);
        assert.ok(wait >= 0 && wait <= longest(attempt));
      },
    ),
  );
});
