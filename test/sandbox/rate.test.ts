import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hit, newGate, newMeter } from '../../src/sandbox/rate.ts';
import { openSandbox } from '../world/sandbox.ts';
import { activityBody, ask, postActivity, seededHang } from './support.ts';

test('a sliding window never lets more through, at any alignment; refusals take no room', () => {
  const gate = newGate({ windows: [{ limit: 5, perMs: 1000 }] });
  const accepted: number[] = [];
  for (let now = 0; now < 10_000; now += 37) if (gate.judge(now).accepted) accepted.push(now);
  for (const from of accepted) {
    const inside = accepted.filter((at) => at >= from && at < from + 1000).length;
    assert.ok(inside <= 5, `${inside} from ${from}`);
  }
  assert.ok(accepted.length >= 48, `${accepted.length} of about 50 possible`);
});

test('several windows hold at once, and a refusal knows how long to wait', () => {
  const gate = newGate({
    windows: [
      { limit: 2, perMs: 1000 },
      { limit: 3, perMs: 10_000 },
    ],
  });
  assert.deepEqual([0, 1].map(gate.judge), [
    { accepted: true, waitMs: 0 },
    { accepted: true, waitMs: 0 },
  ]);
  assert.deepEqual(gate.judge(2), { accepted: false, waitMs: 998 });
  assert.equal(gate.judge(1000).accepted, true);
  assert.deepEqual(gate.judge(2000), { accepted: false, waitMs: 8000 });
  assert.equal(gate.judge(10_000).accepted, true);
});

test('the meter finds the busiest window, its end not included', () => {
  const meter = newMeter(1000);
  for (const at of [0, 500, 999.9, 1000, 1400]) hit(meter, at);
  assert.equal(meter.max, 4);
});

test('over the limit is 429 in the platform own words, with Retry-After in seconds, as a date, or without', async (t) => {
  const window = { windows: [{ limit: 1, perMs: 60_000 }] };
  const { url, admin } = await openSandbox(t, {
    ...seededHang,
    rates: {
      hang: window,
      fabric: { ...window, retryAfter: 'date' },
      stickystreet: { ...window, retryAfter: 'none' },
    },
  });
  assert.equal((await postActivity(url, '12345', activityBody('a'))).status, 200);
  const hang = await postActivity(url, '12345', activityBody('b'));
  assert.deepEqual([hang.status, hang.headers.get('retry-after')], [429, '60']);
  assert.match(hang.text, /"code":429,"messages":\[/);
  await ask(`${url}/v1/members`);
  const fabric = await ask(`${url}/v1/members`);
  const wait = Date.parse(fabric.headers.get('retry-after') ?? '') - Date.now();
  assert.ok(fabric.status === 429 && wait > 50_000 && wait <= 60_000, `${wait}`);
  assert.equal((fabric.json as { status: number }).status, 429);
  await ask(`${url}/`);
  const sticky = await ask(`${url}/?output=JSON`);
  assert.deepEqual([sticky.status, sticky.headers.get('retry-after')], [429, null]);
  assert.deepEqual(sticky.json, { status: 'error', error: 'TOO_MANY_REQUESTS' });
  const { hang: stats } = await admin.stats();
  assert.deepEqual(
    {
      requests: stats.requests,
      throttled: stats.throttled,
      maxPerSecond: stats.maxPerSecond,
      max: stats.windows[0]?.max,
    },
    { requests: 2, throttled: 1, maxPerSecond: 2, max: 2 },
  );
  assert.equal((await admin.effects()).length, 1);
  await admin.setRates({ hang: null });
  assert.equal((await postActivity(url, '12345', activityBody('b'))).status, 200);
});
