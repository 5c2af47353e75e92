import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPacer } from '../../src/push/pace/pacer.ts';
import type { Block } from '../../src/push/pace/permits.ts';

test('slots booked after the clock of the database was set, either way, are offered at once and none is lost', async (t) => {
  const offered = { slots: 0, lost: 0 };
  let wanted = (): void => undefined;
  const pacer = createPacer(
    { limit: 1_000, perMs: 1_000 },
    {
      onSlot() {
        offered.slots += 1;
        wanted();
        return 0;
      },
      onLost(slots) {
        offered.lost += slots;
        wanted();
      },
    },
  );
  t.after(() => pacer.close());
  const twoHours = 7_200_000;
  const began = performance.now();
  for (const nowMs of [20_000_000, 20_000_000 - twoHours, 20_000_000 + twoHours]) {
    const block: Block = {
      permits: 5,
      startMs: nowMs + 30,
      everyMs: 1,
      guardMs: 20,
      shared: false,
      probe: false,
    };
    const before = offered.slots + offered.lost;
    const all = new Promise<void>((resolve) => {
      wanted = () => offered.slots + offered.lost >= before + block.permits && resolve();
    });
    pacer.add(block, { nowMs, answeredAt: performance.now() });
    await all;
  }
  assert.deepEqual(offered, { slots: 15, lost: 0 });
  assert.ok(performance.now() - began < 20_000, 'not only once the old readings are forgotten');
});

test('a booking that is wrong is held to the window: bottleneck lets no more through than its limit', async (t) => {
  const limit = 100;
  const at: number[] = [];
  let lost = 0;
  const pacer = createPacer(
    { limit, perMs: 1_000 },
    {
      onSlot() {
        at.push(performance.now());
        return 0;
      },
      onLost(slots) {
        lost += slots;
      },
    },
  );
  t.after(() => pacer.close());
  const nowMs = 20_000_000;
  const answeredAt = performance.now();
  // three times the limit, all booked for the same quarter of a second
  for (let n = 0; n < 12; n++)
    pacer.add(
      { permits: 25, startMs: nowMs + 20 * n, everyMs: 1, guardMs: 20, shared: false, probe: false },
      { nowMs, answeredAt },
    );
  while (pacer.ahead() > 0) await sleep(50);
  const most = Math.max(...at.map((from) => at.filter((one) => one >= from && one < from + 1_000).length));
  assert.ok(most <= limit, `${most} in a second`);
  assert.equal(at.length + lost, 300);
  assert.ok(at.length >= limit, 'what was right is not held back');
});
