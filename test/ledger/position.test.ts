import assert from 'node:assert/strict';
import test from 'node:test';
import { createLedgerGuard, LedgerBehind } from '../../src/ledger/position/guard.ts';
import { further, furthestOf, type LedgerPlace, wentBack } from '../../src/ledger/position/position.ts';

const place: LedgerPlace = {
  id: 'e1a5d4c0-0000-4000-8000-000000000001',
  generation: 2,
  system: '7300',
  timeline: 3,
  flushed: '9007199254740993000',
  newest: 40,
  beats: 5,
};
const mark = further(null, place, { token: 40, beats: 5 });

test('a ledger that stands where it was seen, or further on, has not gone back', () => {
  assert.equal(wentBack(mark, place), null);
  assert.equal(wentBack(mark, { ...place, flushed: '9007199254740993001', newest: 41, beats: 6 }), null);
  assert.equal(wentBack(mark, { ...place, timeline: 4, flushed: '9007199254740993001' }), null);
});

const behind: readonly (readonly [string, Partial<LedgerPlace>])[] = [
  ['a log that ends a byte earlier', { flushed: '9007199254740992999' }],
  ['an older timeline', { timeline: 2 }],
  ['a promoted copy that lacks the end', { timeline: 4, flushed: '9007199254740992999' }],
  ['another server', { system: '7301' }],
  ['a newest process that is older', { newest: 39 }],
  ['an owner whose last signs of life are missing', { beats: 4 }],
  ['an owner that is not there', { beats: null }],
  ['an acceptance that is missing', { generation: 1 }],
];
for (const [words, change] of behind)
  test(`noticed: ${words}`, () => {
    assert.equal(typeof wentBack(mark, { ...place, ...change }), 'string');
  });

test('what a person has accepted since is where the ledger counts from', () => {
  assert.equal(wentBack(mark, { ...place, generation: 3, newest: 1, flushed: '1', beats: null }), null);
});

test('a server that tells nothing of itself is held to its processes alone', () => {
  const silent = { ...place, system: null, timeline: null, flushed: null };
  assert.equal(wentBack(further(null, silent, null), silent), null);
  assert.equal(wentBack(mark, silent), null);
  assert.equal(typeof wentBack(mark, { ...silent, newest: 39 }), 'string');
});

test('a living process that saw the ledger further on sends nothing, whoever accepted it since', () => {
  const guard = createLedgerGuard(40, place);
  guard.look().require(place.flushed);
  assert.throws(() => guard.look().require('9007199254740992999'), LedgerBehind);
  assert.throws(() => guard.look().require('9007199254740999999'), LedgerBehind, 'until it is adopted');
  assert.equal(guard.look().see({ ...place, generation: 3, beats: 3 }), false);
  assert.equal(guard.look().see({ ...place, generation: 3, beats: 9 }), false);
  assert.equal(guard.lostBeats(), 2, 'counted at first sight');
  guard.adopt({ ...place, generation: 3, flushed: '5', beats: 9 });
  guard.look().require('5');
  assert.equal(guard.behind(), null);
});

test('of two marks of one generation the further counts, of two generations the newer', () => {
  const ahead = { ...mark, flushed: '9007199254740993009', newest: 44 };
  const kept = furthestOf(ahead, mark);
  assert.deepEqual([kept.flushed, kept.newest], ['9007199254740993009', 44]);
  assert.equal(furthestOf(ahead, { ...mark, generation: 3 }).newest, 40);
  assert.equal(furthestOf({ ...mark, generation: 3 }, ahead).newest, 40);
});

test('answers that come out of order are no ledger that went back', () => {
  const guard = createLedgerGuard(40, place);
  const early = guard.look();
  const late = guard.look();
  assert.equal(late.see({ ...place, flushed: '9007199254740999999', newest: 50, beats: 9 }), true);
  early.require('9007199254740993001');
  assert.equal(early.see({ ...place, flushed: '9007199254740993001', newest: 41, beats: 6 }), true);
  const { flushed, newest, owner } = guard.mark();
  assert.deepEqual([flushed, newest, owner?.beats], ['9007199254740999999', 50, 9], 'it only rises');
  assert.throws(() => guard.look().require('9007199254740999998'), LedgerBehind);
});

test('what was read before a ledger was adopted says nothing of it', () => {
  const guard = createLedgerGuard(40, place);
  const before = guard.look();
  guard.adopt({ ...place, flushed: '5', beats: 1 });
  assert.equal(before.see({ ...place, flushed: '4', beats: 0 }), true);
  before.require('4');
  assert.equal(guard.behind(), null);
});
