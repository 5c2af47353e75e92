import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { run } from '../../src/db/sql.ts';
import { limitsFrom } from '../../src/destinations/limits.ts';
import {
  type Block,
  type BookingRequest,
  bookPermits,
  type LastBooking,
} from '../../src/push/pace/permits.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { type PushWorld, pushWorldAt } from './support.ts';

/** Requests in flight: no process keeps another one from booking slots. */
const plenty = 1_000;

/** An account, and processes with the tokens 1 to 7. */
async function booth(t: TestContext): Promise<PushWorld> {
  const { db, url } = await cloneDatabase(t, { max: 12 });
  const world = await pushWorldAt(t, { db, url, sandboxUrl: 'http://127.0.0.1:9' });
  await world.query(
    `insert into pointferry.owner (host, boot_id, pid, process_start, actor, verb, lease_until)
     select 'h', 'b', n, '1', 'tester', 'run', now() + interval '1 hour' from generate_series(1, 7) n`,
  );
  return world;
}

const request = (world: PushWorld, more: Partial<BookingRequest> = {}): BookingRequest => ({
  account: world.account.name,
  token: 1,
  origin: 'http://127.0.0.1',
  limits: limitsFrom([{ limit: 100, perMs: 1_000 }], plenty),
  wanted: 50,
  jitterMs: 0,
  last: null,
  probeWithinMs: 1_000,
  lifting: null,
  places: { used: 0, needed: 50, slowestMs: 0 },
  ...more,
});

const slotsOf = (block: Block): number[] =>
  Array.from({ length: block.permits }, (_none, i) => block.startMs + i * block.everyMs);

/** The most slots in any window of that length. */
function most(slots: readonly number[], perMs: number): number {
  let from = 0;
  let found = 0;
  for (const [i, at] of slots.entries()) {
    while ((slots[from] ?? at) <= at - perMs) from += 1;
    found = Math.max(found, i - from + 1);
  }
  return found;
}

test('six bookers at once never book more than the limit into any window, and leave no gap', async (t) => {
  const world = await booth(t);
  await world.query('update pointferry.account set slot_jitter_ms = 0');
  const slots: number[] = [];
  const booker = async (token: number): Promise<void> => {
    let last: LastBooking | null = null;
    for (let i = 0; i < 8; i++) {
      const booking = await bookPermits(world.db, request(world, { token, last }));
      assert.ok(booking.block);
      if (booking.block === null) continue;
      last = booking.last;
      slots.push(...slotsOf(booking.block));
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(booker));
  slots.sort((a, b) => a - b);
  assert.ok(most(slots, 1_000) <= 100, `${most(slots, 1_000)} in a second`);
  const seconds = ((slots.at(-1) ?? 0) - (slots[0] ?? 0)) / 1_000;
  const share = (slots.length - 1) / seconds / 100;
  t.diagnostic(
    `${slots.length} slots, ${(share * 100).toFixed(1)} % of the limit, at most ${most(slots, 1_000)} in a second`,
  );
  assert.ok(share >= 0.95);
});

test('a process alone gets a narrower guard than one that begins, or one of several', async (t) => {
  const world = await booth(t);
  const first = await bookPermits(world.db, request(world));
  assert.ok(first.block?.shared, 'it knows of nobody yet');
  const known = first.block ? { ...first.last, sharedUntilMs: 0 } : null; // its first window is over
  const second = await bookPermits(world.db, request(world, { last: known }));
  assert.ok(second.block && !second.block.shared);
  const stranger = await bookPermits(world.db, request(world, { token: 2 }));
  assert.ok(stranger.block?.shared);
  const third = await bookPermits(world.db, request(world, { last: second.block ? second.last : null }));
  assert.ok(third.block?.shared);
  assert.ok(third.block.everyMs > second.block.everyMs);
});

test('what anybody’s requests are late by widens the guard of all who share, and fades', async (t) => {
  const world = await booth(t);
  await world.query('update pointferry.account set slot_jitter_ms = 0');
  const guard = async (jitterMs: number): Promise<number> =>
    (await bookPermits(world.db, request(world, { jitterMs }))).block?.guardMs ?? 0;
  const calm = await guard(0);
  await guard(80);
  const told = await guard(0);
  assert.ok(told > calm + 100, `${calm} ms, then ${told} ms`);
  for (let i = 0; i < 100; i++) await guard(0);
  assert.ok((await guard(0)) < calm + 10);
});

test('what stands in the way is said, and nothing is booked', async (t) => {
  const world = await booth(t);
  const why = async (change: string, more: Partial<BookingRequest> = {}): Promise<string> => {
    await world.query(`update pointferry.account set ${change}`);
    const booking = await bookPermits(world.db, request(world, more));
    return booking.block === null ? booking.why : `block of ${booking.block.permits}`;
  };
  assert.equal(await why(`paused_until = 'infinity', pause_reason = 'x'`), 'paused');
  assert.equal(await why(`paused_until = now() + interval '1 minute'`), 'paused');
  assert.match(await why(`paused_until = now() - interval '1 s'`), /^block of/);
  assert.equal(await why(`stopped_at = '2026-01-01Z', stop_reason = 'x'`), 'stopped');
  const lifting = Date.parse('2026-01-01Z') * 1_000;
  assert.equal(await why(`stop_reason = 'y'`, { lifting }), 'block of 1');
  await world.query(`update pointferry.account set stopped_at = null, stop_reason = null`);
  assert.equal(
    await why(`breaker = 'open', breaker_at = now(), breaker_probe_at = now() + interval '1 minute'`),
    'breaker',
  );
  assert.equal(await why(`breaker_probe_at = now()`), 'block of 1');
  assert.equal(await why(`slot_guard_ms = 20`, { token: 2 }), 'breaker', 'another one is probing');
  assert.equal(await why(`breaker_probe_at = now()`, { token: 2 }), 'block of 1', 'the prober died');
});

test('a first free slot in the far future is a clock that was set back', async (t) => {
  const world = await booth(t);
  await world.query(`update pointferry.account set next_slot_at = now() + interval '1 hour'`);
  const booking = await bookPermits(world.db, request(world));
  assert.ok(booking.block && booking.block.startMs - booking.nowMs < 1_000);
});

test('a clock that was set back makes nobody seem to share the window for as long', async (t) => {
  const world = await booth(t);
  const first = await bookPermits(world.db, request(world));
  assert.ok(first.block);
  const twoHours = 7_200_000;
  const last = { endMs: first.last.endMs + twoHours, sharedUntilMs: first.last.sharedUntilMs + twoHours };
  await world.query(`update pointferry.account set next_slot_at = next_slot_at + interval '2 hours'`);
  const second = await bookPermits(world.db, request(world, { last }));
  assert.ok(second.block);
  assert.ok(second.block.shared, 'its first window');
  assert.ok(second.last.sharedUntilMs < second.nowMs + 2_000);
});

test('longer windows are counted in slices, by everybody', async (t) => {
  const world = await booth(t);
  const windows = [
    { limit: 100, perMs: 1_000 },
    { limit: 60, perMs: 3_600_000 },
  ];
  const limits = limitsFrom(windows, plenty);
  let permits = 0;
  for (let i = 0; i < 6; i++) {
    const booking = await bookPermits(world.db, request(world, { limits, token: i + 1 }));
    if (booking.block) permits += booking.block.permits;
    else assert.equal(booking.why, 'window');
  }
  assert.equal(permits, 60);
  await world.query(`update pointferry.permit_slice set slice_at = slice_at - interval '62 minutes'`);
  assert.ok((await bookPermits(world.db, request(world, { limits }))).block);
});

test('a platform’s pause and a probe that seem to be hours ahead are a clock that was set back; a person’s pause is not', async (t) => {
  const world = await booth(t);
  const pause = (by: string) =>
    world.query(
      `update pointferry.account set paused_until = clock_timestamp() + interval '2 hours', pause_reason = 'r', paused_by = $1`,
      [by],
    );
  await pause('ann');
  assert.equal((await bookPermits(world.db, request(world))).block, null);
  await pause('platform');
  assert.ok((await bookPermits(world.db, request(world))).block);
  await withClient(world.db, (client) =>
    run(client, 'push/pause', { account: world.account.name, waitMs: 60_000, reason: '429' }),
  );
  assert.equal((await bookPermits(world.db, request(world))).block, null, 'a new one counts again');
  await world.query(
    `update pointferry.account set paused_until = null, pause_reason = null, breaker = 'open', breaker_at = clock_timestamp(),
       breaker_probe_at = clock_timestamp() + interval '2 hours'`,
  );
  const probe = await bookPermits(world.db, request(world));
  assert.ok(probe.block?.probe);
});
