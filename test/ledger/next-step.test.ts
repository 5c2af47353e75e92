import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exit } from '../../src/ground/exit.ts';
import { type NextKind, nextStep, type RunState, reopenCommand } from '../../src/ledger/next-step.ts';

const interrupted: RunState = {
  id: 'r2',
  stage: 'push',
  status: 'interrupted',
  exitCode: exit.interrupted,
  held: false,
  dismissed: false,
  attention: 0,
};

const table: readonly [string, Partial<RunState>, NextKind, boolean, string | null, string | null][] = [
  ['interrupted', {}, 'resume', true, 'pointferry resume r2', null],
  ['killed before it was held', { status: 'running', exitCode: null }, 'underway', true, null, null],
  ['held, perhaps by a dead process', { held: true }, 'underway', true, null, null],
  [
    'held while its files are written',
    { held: true, status: 'stopped', exitCode: exit.threshold },
    'underway',
    true,
    null,
    null,
  ],
  [
    'failed for a cause outside',
    { status: 'failed', exitCode: exit.fatal },
    'resume',
    true,
    'pointferry resume r2',
    null,
  ],
  [
    'failed for a wrong setting',
    { status: 'failed', exitCode: exit.config },
    'resume',
    true,
    'pointferry resume r2',
    null,
  ],
  [
    'stopped by a threshold',
    { status: 'stopped', exitCode: exit.threshold },
    'accept',
    false,
    'pointferry resume r2 --accept-threshold',
    'pointferry resume r2 --accept-threshold',
  ],
  [
    'failed by a bug',
    { status: 'failed', exitCode: exit.bug },
    'doctor',
    false,
    'pointferry doctor',
    'pointferry resume r2',
  ],
  ['given up', { dismissed: true }, 'nothing', false, null, null],
  [
    'given up after a bug',
    { dismissed: true, status: 'failed', exitCode: exit.bug },
    'nothing',
    false,
    null,
    null,
  ],
  [
    'finished with rows that need attention',
    { stage: 'done', status: 'completed_with_errors', exitCode: exit.rows, attention: 2 },
    'errors',
    false,
    'pointferry errors r2 --group',
    null,
  ],
  [
    'finished, its rows given up',
    { stage: 'done', status: 'completed_with_errors', exitCode: exit.rows, dismissed: true },
    'nothing',
    false,
    null,
    null,
  ],
  ['finished', { stage: 'done', status: 'completed', exitCode: exit.ok }, 'nothing', false, null, null],
];

for (const [name, state, kind, byItself, command, resume] of table) {
  test(`the next step of a run that is ${name}`, () => {
    assert.deepEqual(nextStep({ ...interrupted, ...state }), { kind, byItself, command, resume });
  });
}

test('a run that was given up is taken up by the command that fits what it was', () => {
  const stopped = { status: 'stopped', exitCode: exit.threshold } as const;
  const done = { stage: 'done', status: 'completed_with_errors', exitCode: exit.rows } as const;
  assert.deepEqual(
    {
      interrupted: reopenCommand(interrupted),
      stopped: reopenCommand({ ...interrupted, ...stopped }),
      done: reopenCommand({ ...interrupted, ...done }),
    },
    {
      interrupted: 'pointferry resume r2',
      stopped: 'pointferry resume r2 --accept-threshold',
      done: 'pointferry rerun r2',
    },
  );
});
