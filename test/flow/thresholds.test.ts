import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { salesPipeline } from '../world/pipelines.ts';
import { makeWorld } from '../world/world.ts';

const pipeline = (name: string, thresholds: string): string =>
  salesPipeline(name, { more: `thresholds: ${thresholds},` });
const world = await makeWorld({
  careful: pipeline('careful', `{ push: { warn: 2, stop: '20%', after: 20 } }`),
  picky: pipeline('picky', `{ intake: { warn: '1%', stop: '10%' } }`),
  lenient: pipeline('lenient', `{ tolerate: 2 }`),
});
const rows = (from: number, count: number, value = '1.00'): string =>
  Array.from(
    { length: count },
    (_, i) => `t${from + i},mem_${(from + i) % 50},${value},2026-05-01 10:00\n`,
  ).join('');
const header = 'id,member,value,at\n';
const sent = async () => (await world.admin.stats()).hang.requests;

test('push: too many refused stops the run, the rest waits, and only a person goes on', async () => {
  world.write('careful/a.csv', header + rows(0, 400));
  await world.admin.setFaults([{ route: 'hang.activity', do: { kind: 'status', status: 422 } }]);
  const stopped = await world.ferry(['run', 'careful', '--json', '--log-level', 'warn']);
  const summary = JSON.parse(stopped.out);
  assert.deepEqual(
    { code: stopped.code, status: summary.status, balanced: summary.balanced },
    { code: 2, status: 'stopped', balanced: true },
    stopped.err,
  );
  assert.ok(summary.rows.failed >= 20 && summary.rows.failed < 200, `stopped after ${summary.rows.failed}`);
  assert.equal(summary.rows.failed + summary.rows.pending, 400);
  assert.match(stopped.err, /more than the push threshold warns of \(2\)/);
  assert.match(summary.next, /resume r\w+ --accept-threshold/);
  await world.admin.setFaults([]);
  const before = await sent();
  const left = await world.ferry(['run', 'careful']);
  assert.match(left.err, new RegExp(`left alone.*pointferry resume ${summary.run} --accept-threshold`));
  const typed = await world.ferry(['resume', summary.run]);
  assert.equal(typed.code, 64);
  assert.match(typed.err, /were refused or given up; the pipeline stops at 20%/);
  assert.equal(await sent(), before);
  const accepted = await world.summary(['resume', summary.run, '--accept-threshold']);
  assert.deepEqual(
    { exitCode: accepted.exitCode, delivered: accepted.rows.delivered, pending: accepted.rows.pending },
    { exitCode: 1, delivered: 400 - summary.rows.failed, pending: 0 },
  );
  const { rows: decisions } = await withClient(world.database.db, (client) =>
    client.query<{ verb: string; run: string }>('select verb, run from pointferry.decision'),
  );
  assert.deepEqual(decisions, [{ verb: 'accept-threshold', run: summary.run }]);
});

test('intake: too many rejected stops before the first request', async () => {
  const before = await sent();
  world.write('picky/a.csv', header + rows(1000, 80) + rows(2000, 20, 'ten'));
  const stopped = await world.summary(['run', 'picky']);
  assert.deepEqual(
    { exitCode: stopped.exitCode, status: stopped.status, pending: stopped.rows.pending },
    { exitCode: 2, status: 'stopped', pending: 100 },
  );
  assert.equal(await sent(), before);
  assert.equal((await world.ferry(['resume', stopped.run])).code, 64);
  const accepted = await world.summary(['resume', stopped.run, '--accept-threshold']);
  assert.deepEqual(
    { exitCode: accepted.exitCode, delivered: accepted.rows.delivered, rejected: accepted.rows.rejected },
    { exitCode: 1, delivered: 80, rejected: 20 },
  );
});

test('tolerate: so many rows that want a person still end with 0, one more does not', async () => {
  world.write('lenient/a.csv', header + rows(3000, 10) + rows(4000, 2, 'ten'));
  assert.equal((await world.ferry(['run', 'lenient'])).code, 0);
  world.write('lenient/a.csv', header + rows(5000, 10) + rows(6000, 3, 'ten'));
  assert.equal((await world.ferry(['run', 'lenient'])).code, 1);
});
