import assert from 'node:assert/strict';
import test from 'node:test';
import { createLedgerGuard } from '../../src/ledger/position/guard.ts';
import {
  furthestOf,
  type LedgerPlace,
  type OwnerMark,
  wentBack,
} from '../../src/ledger/position/position.ts';

const place: LedgerPlace = {
  id: 'e1a5d4c0-0000-4000-8000-000000000001',
  generation: 2,
  system: '7300',
  timeline: 3,
  flushed: '9007199254740993000',
  newest: 40,
  owners: [{ token: 40, identity: 'a', beats: 5, commits: 70 }],
};
const mark = place;
const owner = (change: Partial<OwnerMark>): Pick<LedgerPlace, 'owners'> => ({
  owners: [{ token: 40, identity: 'a', beats: 5, commits: 70, ...change }],
});

test('a ledger that stands where it was seen, or further on, has not gone back', () => {
  assert.equal(wentBack(mark, place), null);
  assert.equal(
    wentBack(mark, { ...place, flushed: '9007199254740993001', newest: 41, ...owner({ beats: 6 }) }),
    null,
  );
  assert.equal(wentBack(mark, { ...place, timeline: 4, flushed: '9007199254740993001' }), null);
});

const behind: readonly (readonly [string, Partial<LedgerPlace>])[] = [
  ['a log that ends a byte earlier', { flushed: '9007199254740992999' }],
  ['an older timeline', { timeline: 2 }],
  ['a promoted copy that lacks the end', { timeline: 4, flushed: '9007199254740992999' }],
  ['another server', { system: '7301' }],
  ['a newest process that is older', { newest: 39 }],
  ['an owner whose last signs of life are missing', owner({ beats: 4 })],
  [
    'an owner whose last commit is missing, under a log that others moved on',
    { flushed: '9007199254740999999', ...owner({ commits: 69 }) },
  ],
  ['another owner under the same token', { ...owner({ identity: 'b', commits: 99 }) }],
  ['an owner that is not there', { owners: [] }],
  ['an acceptance that is missing', { generation: 1 }],
];
for (const [words, change] of behind)
  test(`noticed: ${words}`, () => {
    assert.equal(typeof wentBack(mark, { ...place, ...change }), 'string');
  });

test('what a person has accepted since is where the ledger counts from', () => {
  assert.equal(wentBack(mark, { ...place, generation: 3, newest: 1, flushed: '1', owners: [] }), null);
});

test('a server that tells nothing of itself is held to its processes alone', () => {
  const silent = { ...place, system: null, timeline: null, flushed: null };
  assert.equal(wentBack({ ...silent, owners: [] }, silent), null);
  assert.equal(wentBack(mark, silent), null);
  assert.equal(typeof wentBack(mark, { ...silent, newest: 39 }), 'string');
});

test('a living process that saw the ledger further on sends nothing, whoever accepted it since', () => {
  const guard = createLedgerGuard(40, place);
  assert.equal(guard.look().count(71), true);
  guard.committed(71);
  assert.equal(guard.look().count(71), false, 'the same count again: the one before is forgotten');
  assert.equal(guard.look().count(99), false, 'until it is adopted');
  assert.equal(guard.look().see({ ...place, generation: 3, ...owner({ beats: 3 }) }), false);
  assert.equal(guard.look().see({ ...place, generation: 3, ...owner({ beats: 9 }) }), false);
  assert.equal(guard.lostBeats(), 2, 'counted at first sight');
  guard.adopt({ ...place, generation: 3, flushed: '5', ...owner({ beats: 9, commits: 60 }) });
  assert.equal(guard.look().count(61), true);
  assert.equal(guard.behind(), null);
});

test('a commit without an answer is not missed', () => {
  const guard = createLedgerGuard(40, place);
  assert.equal(guard.look().count(71), true); // its answer is lost: nobody knows whether it is there
  assert.equal(guard.look().count(71), true);
  assert.equal(guard.look().count(72), true);
});

test('a ledger that does not know the process any more went back', () => {
  assert.equal(createLedgerGuard(40, place).look().count(null), false);
});

test('of two marks of one generation the further counts, of two generations the newer', () => {
  const ahead = { ...mark, flushed: '9007199254740993009', newest: 44 };
  const kept = furthestOf(ahead, mark);
  assert.deepEqual(
    { flushed: kept.flushed, newest: kept.newest },
    { flushed: '9007199254740993009', newest: 44 },
  );
  assert.equal(furthestOf(ahead, { ...mark, generation: 3 }).newest, 40);
  assert.equal(furthestOf({ ...mark, generation: 3 }, ahead).newest, 40);
});

test('the owners heard of last are kept, each as far as it was seen', () => {
  const owners = Array.from({ length: 9 }, (_none, i) => ({
    token: i,
    identity: `${i}`,
    beats: 1,
    commits: i,
  }));
  const kept = furthestOf(
    { ...place, owners },
    { ...place, owners: [{ token: 4, identity: '4', beats: 2, commits: 3 }] },
  );
  assert.deepEqual(kept.owners[0], { token: 4, identity: '4', beats: 2, commits: 4 });
  assert.deepEqual(
    kept.owners.map(({ token }) => token),
    [4, 0, 1, 2, 3, 5, 6, 7],
  );
});

test('answers that come out of order are no ledger that went back', () => {
  const guard = createLedgerGuard(40, place);
  const early = guard.look();
  const late = guard.look();
  const seen = { ...place, flushed: '9007199254740999999', newest: 50, ...owner({ beats: 9, commits: 72 }) };
  assert.equal(late.see(seen), true);
  assert.equal(early.count(71), true);
  assert.equal(
    early.see({ ...place, flushed: '9007199254740993001', newest: 41, ...owner({ beats: 6 }) }),
    true,
  );
  const { flushed, newest, owners } = guard.mark();
  assert.deepEqual(
    { flushed, newest, owners },
    { flushed: seen.flushed, newest: 50, owners: seen.owners },
    'it only rises',
  );
  assert.equal(guard.look().count(72), false);
});

test('what was read before a ledger was adopted says nothing of it', () => {
  const guard = createLedgerGuard(40, place);
  const before = guard.look();
  guard.adopt({ ...place, flushed: '5', ...owner({ beats: 1, commits: 9 }) });
  assert.equal(before.see({ ...place, flushed: '4', ...owner({ beats: 0 }) }), true);
  assert.equal(before.count(8), true);
  assert.equal(guard.behind(), null);
});
