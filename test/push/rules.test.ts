import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseExact } from '../../src/destinations/json.ts';
import type { FieldValue, Kind } from '../../src/destinations/kind.ts';
import { retryAfter, waitBefore } from '../../src/push/answer/retry.ts';
import { meaningOf } from '../../src/push/answer/status.ts';
import { blockSize, slotMs } from '../../src/push/pace/permits.ts';
import { createBudget } from '../../src/push/pace/retry-budget.ts';
import { createWindow } from '../../src/push/pace/window.ts';
import { defaultSettings } from '../../src/push/settings.ts';
import { createWakeUp } from '../../src/push/wake-up.ts';
import { againstResending } from '../../src/push/work/doubt.ts';
import { canonicalJson } from '../../src/push/work/hash.ts';
import { type AcceptedValue, fateOf, unitsOf } from '../../src/push/work/supersede.ts';

const bounds = { backoffFirstMs: 500, backoffMostMs: 60_000 };

test('a wait is anything between nothing and the doubled first one, at most a minute', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = waitBefore(attempt, () => random, bounds);
        assert.ok(wait >= 0 && wait <= Math.min(60_000, 500 * 2 ** attempt));
      },
    ),
  );
  assert.equal(
    waitBefore(1, () => 1, bounds),
    1_000,
  );
  assert.equal(
    waitBefore(20, () => 1, bounds),
    60_000,
  );
});

test('Retry-After: seconds, dates by the answer’s own clock, caps, and garbage', () => {
  const now = Date.parse('2026-05-12T07:36:00Z');
  const told = (value: string, date?: string) =>
    retryAfter({ 'retry-after': value, ...(date === undefined ? {} : { date }) }, now, 900_000);
  assert.deepEqual(told('6'), { waitMs: 6_000, capped: false });
  assert.deepEqual(told(' 6 '), { waitMs: 6_000, capped: false });
  assert.deepEqual(told('0.5'), { waitMs: 500, capped: false });
  assert.deepEqual(told('86400'), { waitMs: 900_000, capped: true });
  assert.deepEqual(told('99999999999999'), { waitMs: 900_000, capped: true });
  assert.deepEqual(told('Tue, 12 May 2026 07:36:30 GMT'), { waitMs: 30_000, capped: false });
  assert.deepEqual(told('Tue, 12 May 2026 09:36:30 GMT', 'Tue, 12 May 2026 09:36:00 GMT'), {
    waitMs: 30_000,
    capped: false,
  });
  for (const garbage of [
    '',
    '0',
    '-5',
    'soon',
    '1e9',
    'NaN',
    'Tue, 12 May 2020 07:36:30 GMT',
    '2026-05-12',
    'Mon, never',
  ])
    assert.equal(told(garbage), null, garbage);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = told(text);
      assert.ok(found === null || (found.waitMs > 0 && found.waitMs <= 900_000));
    }),
  );
});

test('every status has a meaning, and a kind may move one', () => {
  const expected: readonly (readonly [number, string])[] = [
    [200, 'kind'],
    [204, 'kind'],
    [301, 'redirect'],
    [304, 'redirect'],
    [400, 'failed'],
    [401, 'credentials'],
    [403, 'credentials'],
    [404, 'failed'],
    [408, 'doubt'],
    [409, 'failed'],
    [422, 'failed'],
    [425, 'throttled'],
    [429, 'throttled'],
    [500, 'doubt'],
    [503, 'doubt'],
    [599, 'doubt'],
    [100, 'doubt'],
    [700, 'doubt'],
  ];
  for (const [status, means] of expected) assert.equal(meaningOf(status, {}), means, String(status));
  assert.equal(meaningOf(409, { statuses: { 409: { means: 'kind', source: 'x' } } }), 'kind');
});

test('equal values have equal texts, whatever their order, and numbers keep their digits', () => {
  assert.equal(
    canonicalJson(parseExact('{"b": [1.50, null], "a": {"y": true, "x": "é"}}')),
    '{"a":{"x":"é","y":true},"b":[1.50,null]}',
  );
  assert.notEqual(canonicalJson('1'), canonicalJson(parseExact('1')));
});

const kind: Pick<Kind, 'replaces' | 'together' | 'subjectField'> = {
  replaces: 'fields',
  together: [['city', 'zip']],
  subjectField: 'member',
};

test('fields declared together are one unit, the subject is none, a replacement is one', () => {
  const fields = { member: 'm', city: 'X', name: 'N', zip: '1' };
  assert.deepEqual(
    unitsOf(kind, fields).map((unit) => [unit.name, unit.fields]),
    [
      ['city', ['city', 'zip']],
      ['name', ['name']],
    ],
  );
  assert.deepEqual(
    unitsOf({ ...kind, replaces: 'whole' }, fields).map((unit) => unit.name),
    ['*'],
  );
});

test('what is sent is what nothing newer overtook; unchanged only if all of it is known and equal', () => {
  const names = ['a', 'b', 'c', 'd'];
  const value = fc.constantFrom('x', 'y');
  const fieldsOf = fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1 });
  const known = fc.dictionary(
    fc.constantFrom(...names),
    fc.record({ value, newer: fc.boolean(), forgotten: fc.boolean() }),
  );
  fc.assert(
    fc.property(fieldsOf, known, fc.boolean(), (drawn, accepted, older) => {
      const fields: Readonly<Record<string, FieldValue>> = { ...drawn };
      const rows = Object.entries(accepted).map(([field, row]): AcceptedValue => {
        const [unit] = unitsOf(kind, { [field]: row.value });
        return { field, hash: unit?.hash ?? '', newer: row.newer, forgotten: row.forgotten };
      });
      const fate = fateOf(kind, fields, rows, older);
      const left = Object.keys(fields).filter((name) => accepted[name]?.newer !== true);
      if (left.length === 0) return assert.equal(fate.fate, 'superseded');
      const same = left.every(
        (name) => accepted[name] && !accepted[name].forgotten && accepted[name].value === fields[name],
      );
      if (same && !older) return assert.equal(fate.fate, 'unchanged');
      assert.equal(fate.fate, 'send');
      if (fate.fate === 'send') assert.deepEqual(Object.keys(fate.fields).sort(), left.sort());
    }),
  );
});

test('blocks that begin within one window never add up to more than its limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.constantFrom(1_000, 2_000, 10_000, 60_000),
      fc.integer({ min: 10, max: 200 }),
      (limit, perMs, guardMs) => {
        const pace = { limit, perMs };
        const size = blockSize(pace, guardMs);
        assert.ok(size >= 1 && size <= limit);
        const begun = Math.ceil(perMs / (size * slotMs(pace, guardMs)));
        assert.ok(begun * size <= limit, `${limit}/${perMs}: ${begun} blocks of ${size}`);
      },
    ),
  );
  assert.ok(blockSize({ limit: 100, perMs: 1_000 }, 20) >= 20, 'blocks are worth their timers');
  assert.ok(blockSize({ limit: 997, perMs: 1_000 }, 20) >= 100);
});

test('the window counts a request from its latest possible arrival', () => {
  const window = createWindow(2, 1_000);
  const first = window.sent(0);
  first(5);
  const second = window.sent(100);
  second(165); // 60 ms longer than the fastest: it may have arrived at 160
  assert.ok(window.waitMs(200) > 800);
  assert.equal(window.waitMs(1_004), 0);
  window.sent(1_004)(1_009);
  assert.ok(window.waitMs(1_110) > 0, 'the second may have arrived at 160');
  assert.equal(window.waitMs(1_170), 0);
  assert.equal(window.jitterMs(1_170), 60);
});

test('when a doubt may be resent', () => {
  const doubt = { nature: 'event' as const, resends: 0, doubtMs: 0, sinceSentMs: 0, retry: false };
  const resend = { doubt: 'resend' as const };
  const day = 86_400_000;
  const ask = (change: object, retention: number | null = day, how: Pick<Kind, 'doubt'> = resend) =>
    againstResending({ ...doubt, ...change }, how, retention, defaultSettings)?.as ?? 'resend';
  assert.equal(ask({}), 'resend');
  assert.equal(ask({ resends: 8 }), 'unknown');
  assert.equal(ask({ resends: 1, doubtMs: 31 * 60_000 }), 'unknown');
  assert.equal(ask({ resends: 0, doubtMs: day }), 'resend', 'nobody could try until now');
  assert.equal(ask({ sinceSentMs: day - 10_000 }), 'unknown', 'the key is about to be forgotten');
  assert.equal(ask({ sinceSentMs: -1 }), 'unknown', 'the clock of the server was set back');
  assert.equal(ask({}, null), 'unknown', 'no key');
  assert.equal(ask({}, day, { doubt: 'unknown' }), 'unknown');
  assert.equal(ask({ retry: true }, null), 'resend', 'a person said so');
  assert.equal(ask({ nature: 'state', sinceSentMs: 10 * day }, null), 'resend');
  assert.equal(ask({ nature: 'state', resends: 8 }, null), 'exhausted');
});

test('retries get a tenth of the requests, and alone a tenth of the limit', () => {
  const budget = createBudget({ limit: 100, perMs: 1_000 });
  assert.equal(budget.left(0), 10, 'a reserve, so that a small run goes on at once');
  budget.spend(10);
  for (let i = 1; i <= 90; i++) budget.earn(i);
  assert.equal(budget.left(90), 10, '10 for 90 others: a tenth of all');
  budget.spend(10);
  assert.equal(budget.left(1_000), 0, 'there is new work to be sent');
  assert.equal(
    budget.left(90 + 1_000 + 550),
    5,
    'nothing new for a second: a tenth of what the limit would let through',
  );
  budget.spend(5);
  assert.equal(budget.left(1_000_000), 10, 'never more than the reserve is saved up');
});

test('nobody sleeps through a wake-up, and each ends one wait', async () => {
  const wakeUp = createWakeUp();
  wakeUp.up();
  wakeUp.up();
  await wakeUp.wait(60_000);
  const waited = wakeUp.wait(60_000);
  wakeUp.up();
  await waited;
  const before = performance.now();
  await wakeUp.wait(20);
  assert.ok(performance.now() - before >= 15);
});
