import assert from 'node:assert/strict';
import test from 'node:test';
import type { Journey } from '../../src/flow/journey.ts';
import { travel } from '../../src/flow/steps.ts';
import { ledgerWentBack } from '../../src/ledger/position/guard.ts';
import { loadRun } from '../../src/ledger/run.ts';
import type { Outcome } from '../../src/read/files.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { newOwner, newRun, quietLog } from '../world/held-runs.ts';

const { db } = await cloneDatabase();

test('a run whose ledger went back while files were read is left as it is, and the command says so', async () => {
  const owner = await newOwner(db);
  const run = await newRun(db, owner, { pipeline: 'lost' });
  const why = ledgerWentBack('a test says so');
  const lost = AbortSignal.abort(why);
  const unfinished = {
    kind: 'unfinished',
    name: 'a.csv',
    displayPath: '/in/a.csv',
    code: 'READ_NOT_FINISHED',
    message: 'm',
  };
  async function* files(): AsyncGenerator<Outcome> {
    yield unfinished as Outcome;
  }
  const journey = { db, run, owner: { ...owner, lost }, signal: lost, log: quietLog, watch: () => undefined };
  await assert.rejects(travel(journey as unknown as Journey, files()), why);
  const { status, owner: holder } = await loadRun(db, run.id);
  assert.deepEqual({ status, holder }, { status: 'running', holder: owner.token });
  await owner.end();
});
