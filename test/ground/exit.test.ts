import assert from 'node:assert/strict';
import test from 'node:test';
import { worstOf } from '../../src/ground/exit.ts';

test('of several runs of one command the first that applies decides: 78, 70, 3, 2, 4, 1, 66, 0', () => {
  assert.equal(worstOf([0, 1, 4]), 4);
  assert.equal(worstOf([2, 66, 3]), 3);
  assert.equal(worstOf([66, 1]), 1, 'rows that want a person outrank a file that did not come');
  assert.equal(worstOf([0, 66]), 66);
  assert.equal(worstOf([]), 0);
});
