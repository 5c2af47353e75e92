import assert from 'node:assert/strict';
import test from 'node:test';
import { endingOf, type Outcome } from '../../src/flow/ending.ts';

const calm: Outcome = {
  halt: null,
  balanced: true,
  rows: { read: 100, rejected: 0, failed: 0, unknown: 0, pending: 0 },
  files: { staged: 1 },
  emptyOk: false,
  tolerated: 0,
  dismissed: { rows: 0, all: false },
};
const halt = (exitCode: 2 | 3 | 4 | 70) => ({ exitCode, code: 'X', reason: 'why' });
const cases: readonly (readonly [name: string, over: Partial<Outcome>, status: string, exitCode: number])[] =
  [
    ['every row done', {}, 'completed', 0],
    ['a rejected row', { rows: { ...calm.rows, rejected: 1 } }, 'completed_with_errors', 1],
    [
      'rows that a person gave up',
      { rows: { ...calm.rows, rejected: 2 }, dismissed: { rows: 2, all: false } },
      'completed',
      0,
    ],
    [
      'one more than a person gave up',
      { rows: { ...calm.rows, rejected: 3 }, dismissed: { rows: 2, all: false } },
      'completed_with_errors',
      1,
    ],
    [
      'a refused file beside rows that were given up',
      { files: { refused: 1 }, dismissed: { rows: 0, all: false } },
      'completed_with_errors',
      1,
    ],
    [
      'a refused file of a run that was given up',
      { files: { refused: 1 }, dismissed: { rows: 0, all: true } },
      'completed',
      0,
    ],
    ['as many as are tolerated', { rows: { ...calm.rows, failed: 2 }, tolerated: 2 }, 'completed', 0],
    ['a refused file beside a good one', { files: { staged: 1, refused: 1 } }, 'completed_with_errors', 1],
    [
      'an unfinished file beside a good one',
      { files: { staged: 1, unfinished: 1 } },
      'completed_with_errors',
      1,
    ],
    ['an empty file', { files: { empty: 1 } }, 'completed_with_errors', 1],
    ['an empty file that is fine', { files: { empty: 1 }, emptyOk: true }, 'completed', 0],
    ['only known files', { files: { duplicate: 3 } }, 'completed', 0],
    ['rows pending', { rows: { ...calm.rows, pending: 1, rejected: 1 } }, 'interrupted', 4],
    ['interrupted', { halt: halt(4) }, 'interrupted', 4],
    ['a threshold, with rows pending', { halt: halt(2), rows: { ...calm.rows, pending: 9 } }, 'stopped', 2],
    ['platform down', { halt: halt(3), rows: { ...calm.rows, pending: 9 } }, 'failed', 3],
    ['a bug of ours', { halt: halt(70) }, 'failed', 70],
    ['books that do not balance beat everything', { balanced: false, halt: halt(3) }, 'failed', 70],
  ];
for (const [name, over, status, exitCode] of cases) {
  test(`${name}: ${status}, exit ${exitCode}`, () => {
    const ending = endingOf({ ...calm, ...over });
    assert.deepEqual({ status: ending.status, exitCode: ending.exitCode }, { status, exitCode });
  });
}
