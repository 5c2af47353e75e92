import assert from 'node:assert/strict';
import test from 'node:test';
import { createLease } from '../../src/ledger/lease.ts';

function lease() {
  const clock = { monotonicMs: 1_000, wallMs: 1_000_000 };
  const asked: string[] = [];
  const held = createLease(
    9_000,
    { ...clock },
    () => asked.push('apart'),
    () => ({ ...clock }),
  );
  const pass = (monotonicMs: number, wallMs = monotonicMs): void => {
    clock.monotonicMs += monotonicMs;
    clock.wallMs += wallMs;
  };
  return { held, asked, pass, renew: () => held.renew({ ...clock }) };
}

test('what is left of a lease shrinks with time, and never below nothing', () => {
  const { held, asked, pass, renew } = lease();
  assert.equal(held.leftMs(), 9_000);
  pass(4_000);
  assert.equal(held.leftMs(), 5_000);
  pass(6_000);
  assert.equal(held.leftMs(), 0);
  renew();
  assert.equal(held.leftMs(), 9_000);
  assert.deepEqual(asked, []);
});

test('after a sleep, which the monotonic clock does not count, nothing is left until it is renewed', () => {
  const { held, asked, pass, renew } = lease();
  pass(10, 60_000);
  assert.equal(held.leftMs(), 0);
  assert.deepEqual(asked, ['apart']);
  renew();
  assert.equal(held.leftMs(), 9_000);
});

test('a clock that is set back is no reason to believe a lease either; one that is slewed is', () => {
  const { held, pass } = lease();
  pass(1_000, 1_400);
  assert.equal(held.leftMs(), 8_000);
  pass(0, -3_600_000);
  assert.equal(held.leftMs(), 0);
});
