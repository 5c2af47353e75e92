import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { registerOwner } from '../../src/ledger/owner.ts';
import { lookAtLedger } from '../../src/ledger/position/check.ts';
import { cloneDatabase } from '../support/postgres.ts';

const database = await cloneDatabase();
const { db } = database;

test('a process that outlives a ledger that lost seconds accepts it for itself alone', async (t) => {
  const marks = await mkdtemp(path.join(os.tmpdir(), 'pointferry-marks-'));
  t.after(() => rm(marks, { recursive: true }));
  const who = {
    actor: 'tester',
    verb: 'run',
    lease: { leaseMs: 60_000, heartbeatMs: 20_000 },
    log: () => undefined,
    marks,
  };
  const lives = await registerOwner(db, who);
  const dies = await registerOwner(db, who);
  await lives.ledger.note();
  await dies.ledger.note();
  const other = new Error('something else');
  assert.equal(await lives.ledger.explain(other), other, 'the ledger is where it was');
  await dies.end();
  const forget = async (query: string, values: readonly unknown[]): Promise<void> => {
    await withClient(db, (client) => client.query(query, [...values]));
  };
  await forget('update pointferry.owner set commits = commits - 1 where token = $1', [lives.token]);
  await forget('delete from pointferry.owner where token = $1', [dies.token]);

  assert.equal(await lives.ledger.ask(), true);
  const why = await lives.ledger.explain(new Error('a row is missing that was there'));
  assert.equal((why as { code?: string }).code, 'LEDGER_WENT_BACK', 'whatever failed, this is why');
  assert.ok((await lives.ledger.goOn(async () => undefined)) > 0);
  assert.equal(lives.ledger.behind(), null);
  await lives.ledger.note();
  await lives.end();

  const { behind } = await lookAtLedger(db, marks);
  assert.match(behind ?? '', new RegExp(`process.* ${dies.token}`), 'what the other one did is lost as well');
});
