import assert from 'node:assert/strict';
import test from 'node:test';
import { pushThreshold } from '../../src/flow/push-threshold.ts';
import type { Thresholds } from '../../src/pipeline/types.ts';

/** Feeds answers one by one (`x`: refused); gives after how many it stops, and what was warned of. */
function feed(
  rule: NonNullable<Thresholds['push']>,
  answers: string,
  before = { failed: 0, settled: 0 },
): { stopsAt: number | null; warnings: string[] } {
  const warnings: string[] = [];
  const threshold = pushThreshold(rule, before, (words) => warnings.push(words));
  let failed = 0;
  for (let settled = 1; settled <= answers.length; settled++) {
    if (answers[settled - 1] === 'x') failed += 1;
    if (threshold.look({ failed, settled }) !== null) return { stopsAt: settled, warnings };
  }
  return { stopsAt: null, warnings };
}

const ok = (n: number): string => '.'.repeat(n);
const bad = (n: number): string => 'x'.repeat(n);

test('a share is looked at from `after` on, and stops at once when it is passed', () => {
  assert.equal(feed({ stop: '5%', after: 20 }, bad(19)).stopsAt, null);
  assert.equal(feed({ stop: '5%', after: 20 }, bad(30)).stopsAt, 20);
  assert.equal(feed({ stop: '5%' }, bad(199)).stopsAt, null, 'by default after 200');
  assert.equal(feed({ stop: '5%' }, bad(201)).stopsAt, 200);
  assert.equal(feed({ stop: '50%', after: 10 }, `${ok(10)}${ok(10)}`).stopsAt, null);
});

test('a good beginning does not hide that the last ones are refused', () => {
  const { stopsAt } = feed({ stop: '50%', after: 20 }, ok(1000) + bad(40));
  assert.equal(stopsAt, 1011, '11 of the last 20');
});

test('a bad stretch long ago counts over the run', () => {
  assert.equal(feed({ stop: '10%', after: 100 }, ok(900) + bad(10)).stopsAt, null);
  assert.equal(
    feed({ stop: '10%', after: 100 }, ok(900), { failed: 150, settled: 200 }).stopsAt,
    1,
    'of an earlier part',
  );
});

test('a count counts from the first', () => {
  assert.equal(feed({ stop: 3 }, `x.x.x.x`).stopsAt, 7);
  assert.equal(feed({ stop: 0 }, `..x`).stopsAt, 3);
});

test('it warns once, and goes on', () => {
  const { stopsAt, warnings } = feed({ warn: 1, stop: 5 }, 'xxxx');
  assert.equal(stopsAt, null);
  assert.deepEqual(warnings, ['2 of 2 were refused or given up: more than the push threshold warns of (1)']);
});
