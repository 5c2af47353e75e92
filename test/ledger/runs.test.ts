import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { PointferryError } from '../../src/ground/errors.ts';
import { exit } from '../../src/ground/exit.ts';
import { identityOf } from '../../src/ground/process.ts';
import { closeRun, endRun, setStage } from '../../src/ledger/end-run.ts';
import { holdRun } from '../../src/ledger/hold-run.ts';
import { loadRun } from '../../src/ledger/run.ts';
import { unfinishedRuns } from '../../src/ledger/unfinished.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { newOwner, newRun } from '../world/held-runs.ts';

const { db } = await cloneDatabase();
const isBusy = (error: unknown): boolean => error instanceof PointferryError && error.exitCode === exit.busy;

test('of 20 starts at once of one pipeline and scope exactly one run lives', async () => {
  const owner = await newOwner(db);
  const starts = await Promise.allSettled(
    Array.from({ length: 20 }, () => newRun(db, owner, { pipeline: 'crowd' })),
  );
  const begun = starts.filter((start) => start.status === 'fulfilled');
  assert.equal(begun.length, 1);
  for (const start of starts)
    if (start.status === 'rejected') assert.ok(isBusy(start.reason), String(start.reason));
  await owner.end();
});

test('another scope of the same pipeline may live beside it', async () => {
  const owner = await newOwner(db);
  await newRun(db, owner, { pipeline: 'beside' });
  const backfill = await newRun(db, owner, { pipeline: 'beside', scope: 'backfill', mode: 'backfill' });
  assert.equal(backfill.status, 'running');
  await owner.end();
});

test('a run whose process is dead on this host is taken over at once, and its owner is fenced', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const dead = await identityOf(child.pid ?? 0);
  const token = await withClient(db, async (client) => {
    const { rows } = await client.query<{ token: number }>(
      `insert into pointferry.owner (host, boot_id, namespace, pid, process_start, actor, verb, lease_until)
       values ($1, $2, $3, $4, $5, 'test', 'test', now() + interval '1 hour') returning token`,
      [dead.host, dead.bootId, dead.namespace, dead.pid, dead.start],
    );
    return rows[0]?.token ?? 0;
  });
  const theirs = await newRun(db, { token }, { pipeline: 'orphan' });
  const owner = await newOwner(db);
  await assert.rejects(holdRun(db, owner, theirs.id), isBusy, 'while it lives it keeps its run');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const held = await holdRun(db, owner, theirs.id);
  assert.equal(held.owner, owner.token);
  const { rows } = await withClient(db, (client) =>
    client.query<{ fenced: boolean }>(
      'select fenced_at is not null as fenced from pointferry.owner where token = $1',
      [token],
    ),
  );
  assert.equal(rows[0]?.fenced, true);
  await owner.end();
});

test('a silent owner of another host is waited for until its lease has run out', async () => {
  const far = await withClient(db, async (client) => {
    const { rows } = await client.query<{ token: number }>(
      `insert into pointferry.owner (host, boot_id, pid, process_start, actor, verb, lease_until)
       values ('elsewhere', 'b', 1, '1', 'test', 'test', clock_timestamp() + interval '1.5 s') returning token`,
    );
    return rows[0]?.token ?? 0;
  });
  const theirs = await newRun(db, { token: far }, { pipeline: 'far' });
  const owner = await newOwner(db);
  const waitedFor: string[] = [];
  const held = await holdRun(db, { ...owner, waiting: (other) => waitedFor.push(other.host) }, theirs.id);
  assert.equal(held.owner, owner.token);
  assert.deepEqual(waitedFor, ['elsewhere']);
  await owner.end();
});

test('a run that was taken over cannot be moved on by its former owner', async () => {
  const [first, second] = [await newOwner(db), await newOwner(db)];
  const run = await newRun(db, first, { pipeline: 'moved' });
  await withClient(db, (client) =>
    client.query('update pointferry.run set owner = $1 where id = $2', [second.token, run.id]),
  );
  await assert.rejects(setStage(db, first, run.id, 'push'), { code: 'RUN_LOST' });
  await setStage(db, second, run.id, 'push');
  assert.equal((await loadRun(db, run.id)).stage, 'push');
  await Promise.all([first.end(), second.end()]);
});

test('interrupted and fatally stopped runs are unfinished, oldest first; completed ones are not', async () => {
  const owner = await newOwner(db);
  const endings = [
    { status: 'interrupted', exitCode: 4, done: false },
    { status: 'completed', exitCode: 0, done: true },
    { status: 'failed', exitCode: 3, done: false },
  ] as const;
  const ids: string[] = [];
  for (const ending of endings) {
    const run = await newRun(db, owner, { pipeline: 'nights' });
    const { done, ...became } = ending;
    await endRun(db, owner, run.id, { ...became, code: null, reason: null });
    await closeRun(db, owner, run.id, done);
    ids.push(run.id);
  }
  const left = await unfinishedRuns(db, { pipeline: 'nights', scope: 'nightly' });
  assert.deepEqual(
    left.map((run) => run.id),
    [ids[0], ids[2]],
  );
  await owner.end();
});

test('a run whose stored definition is no pipeline is refused where it is read', async () => {
  const owner = await newOwner(db);
  const { id } = await newRun(db, owner, { pipeline: 'broken' });
  await inTransaction(db, (client) =>
    client.query(`update pointferry.run set definition = '{"columns": {}}' where id = $1`, [id]),
  );
  await assert.rejects(loadRun(db, id), { code: 'CONFIG_INVALID', exitCode: 78 });
  await owner.end();
});

test('a second begin after the first has ended gets a run of its own, in order', async () => {
  const owner = await newOwner(db);
  const first = await newRun(db, owner, { pipeline: 'order' });
  await endRun(db, owner, first.id, { status: 'completed', exitCode: 0, code: null, reason: null });
  await closeRun(db, owner, first.id, true);
  const second = await newRun(db, owner, { pipeline: 'order' });
  assert.ok(second.seq > first.seq);
  await owner.end();
});
