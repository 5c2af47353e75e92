/** The app in process, on a database and a sandbox of its own: a night with everything that a person does about it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import test, { after } from 'node:test';
import { openApp } from '../../src/app/app.ts';
import { settleUnknown } from '../../src/app/decisions.ts';
import { planRun } from '../../src/app/rehearsals.ts';
import { errorGroups, find, status } from '../../src/app/reports.ts';
import { previewRerun, startRerun } from '../../src/app/reruns.ts';
import { resumeAll } from '../../src/app/resume.ts';
import { type Started, startRun } from '../../src/app/runs.ts';
import type { RunEvent } from '../../src/app/watch.ts';
import { withClient } from '../../src/db/pool.ts';
import { quietLog } from '../world/held-runs.ts';
import { makeWorld, shortDeadline, writePipeline } from '../world/world.ts';

const sales = (map: string): string => `{
  account: 'live', operation: 'hang.activity', source: local('in/*.csv'),
  identity: { source: 'till', columns: ['id'] },
  columns: {
    member: { from: 'member' }, activity_type_id: { from: 'type', map: ${map} },
    value: { from: 'value', as: 'decimal' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
  },
}`;
const world = await makeWorld({ sales: sales(`{ sale: 'purchase' }`) }, shortDeadline);
// in production, and its platform promises nothing about keys: one answer lost is an outcome unknown
world.write(
  'pipelines/accounts/live.ts',
  `import { defineAccount, env } from 'pointferry';
   export default defineAccount({ platform: 'hang', stage: 'production', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
     windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16 });`,
);
const file = world.write(
  'in/sales.csv',
  `id,member,type,value,at
a,mem_a,sale,1.00,2026-05-01 10:00
b,mem_b,gift,2.00,2026-05-01 10:00
c,mem_c,sale,3.00,2026-05-01 10:00
`,
);
await world.admin.setFaults([
  { route: 'hang.activity', subject: 'mem_c', count: 1, do: { kind: 'cut', applied: true } },
]);

const app = openApp({
  database: world.database.url,
  pipelines: path.join(world.folder, 'pipelines'),
  workdir: path.join(world.folder, 'work'),
  env: world.env,
  log: quietLog,
  actor: 'maria',
});
after(() => app.close());

const events: RunEvent[] = [];
const watching = {
  signal: new AbortController().signal,
  watch: (event: RunEvent) => void events.push(event),
};
const requests = async (): Promise<number> => (await world.admin.stats()).hang.requests;
const rowsOf = async (text: string) =>
  (await withClient(world.database.db, (client) => client.query<Record<string, unknown>>(text))).rows;

let asked: Started;
let run = '';

test('a first send to production needs consent: a result, and nothing was sent', async () => {
  asked = await startRun(app, 'sales', {}, watching);
  assert.deepEqual(asked.needs && 'consent' in asked.needs && asked.needs.consent, { account: 'live' });
  assert.equal(asked.refused?.code, 'CONFIG_USAGE');
  assert.deepEqual({ runs: asked.runs, own: asked.own }, { runs: [], own: null });
  assert.deepEqual({ requests: await requests(), events }, { requests: 0, events: [] });
});

test('with consent the run is made, watched, and reported; the decision is recorded', async () => {
  const started = await startRun(app, 'sales', { consent: true, after: asked }, watching);
  const [report] = started.runs;
  run = report?.run ?? '';
  assert.deepEqual(started.own, { run, exitCode: 1 });
  assert.equal(started.needs, null);
  const { delivered, rejected, unknown } = report?.summary.rows ?? {};
  assert.deepEqual({ delivered, rejected, unknown }, { delivered: 1, rejected: 1, unknown: 1 });
  const types = events.map(({ type }) => type);
  assert.deepEqual([types[0], types.at(-1)], ['started', 'ended']);
  assert.ok(types.includes('progress'));
  assert.deepEqual(await rowsOf('select actor, verb, account from pointferry.decision'), [
    { actor: 'maria', verb: 'consent', account: 'live' },
  ]);
});

test('status names the run that is open', async () => {
  const { lines, exitCode } = await status(app);
  const line = lines.find(({ pipeline }) => pipeline === 'sales');
  assert.deepEqual({ run: line?.run, open: line?.open, exitCode }, { run, open: true, exitCode: 1 });
});

const listing = { showValues: false, most: 10 };
const all = () => ({ run, group: null, unknown: false });
const groupNumber = async (bucket: string): Promise<number> => {
  const { shown } = await errorGroups(app, all(), listing);
  return shown.find((group) => group.bucket === bucket)?.group ?? 0;
};

test('its errors are grouped by cause, with values masked', async () => {
  const { shown } = await errorGroups(app, all(), listing);
  assert.deepEqual(
    shown.map(({ bucket, rows }) => ({ bucket, rows })),
    [
      { bucket: 'rejected', rows: 1 },
      { bucket: 'unknown', rows: 1 },
    ],
  );
});

test('a rerun with the corrected pipeline is previewed, and then sends what it said', async () => {
  writePipeline(world, 'sales', sales(`{ sale: 'purchase', gift: 'purchase' }`));
  const group = await groupNumber('rejected');
  const before = await requests();
  const { seen } = await previewRerun(app, run, { group });
  assert.deepEqual(
    seen?.buckets.map(({ bucket, rows }) => ({ bucket, rows })),
    [{ bucket: 'send', rows: 1 }],
  );
  assert.equal(await requests(), before);
  const { report, of } = await startRerun(app, run, { group }, watching);
  assert.deepEqual({ of, exitCode: report?.exitCode }, { of: run, exitCode: 0 });
  assert.equal(await requests(), before + 1);
});

test('what nobody answered is settled, and nothing is open any more', async () => {
  const rows = { group: await groupNumber('unknown') };
  const settled = await settleUnknown(app, run, { rows, as: 'delivered', note: 'seen in the console' });
  assert.deepEqual(
    { run: settled.run, operations: settled.operations, runs: settled.runs },
    { run, operations: 1, runs: [run] },
  );
  const { open, exitCode } = await status(app);
  assert.deepEqual({ open, exitCode }, { open: [], exitCode: 0 });
  assert.deepEqual((await resumeAll(app, {}, watching)).runs, []);
});

test('a plan of the same file would send nothing', async () => {
  const plan = await planRun(app, 'sales', { files: [file] }, watching.signal);
  assert.deepEqual(
    { operations: plan.operations, duplicate: plan.rows.duplicate, refused: plan.refused },
    { operations: 0, duplicate: 3, refused: null },
  );
});

test('a transaction is found by its number', async () => {
  const { operations } = await find(app, 'a', { showValues: false });
  assert.deepEqual(
    operations.map(({ state, rows }) => ({ state, rows: rows.length })),
    [{ state: 'delivered', rows: 1 }],
  );
});

test('a file that is known makes a run that sends nothing', async () => {
  const before = await requests();
  const started = await startRun(app, 'sales', { files: [file] }, watching);
  assert.equal(started.own?.exitCode, 0);
  assert.equal(await requests(), before);
});

test('each process is registered under what it was asked for', async () => {
  const owners = await rowsOf('select distinct verb, actor from pointferry.owner order by verb');
  assert.deepEqual(owners, [
    { verb: 'rerun', actor: 'maria' },
    { verb: 'run', actor: 'maria' },
  ]);
});
