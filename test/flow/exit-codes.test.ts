/** Every exit code of docs/contract.md#exit-codes that can be provoked from outside, with whether it makes a run. (4 by signals and 2: files of their own.) */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { inDollars, salesPipeline, type Varied, viaCrosswalk } from '../world/pipelines.ts';
import { makeWorld } from '../world/world.ts';

const pipeline = (name: string, varied: Varied = {}): string =>
  salesPipeline(name, { more: inDollars, ...varied });
const names = [
  'good',
  'mixed',
  'limited',
  'refused',
  'tampered',
  'busy',
  'doors',
  'moved',
  'production',
  'waits',
  'writing',
];
const world = await makeWorld({
  ...Object.fromEntries(names.map((name) => [name, pipeline(name)])),
  lenient: pipeline('lenient', { more: `${inDollars} empty: 'ok',` }),
  writing: pipeline('writing').replace(
    `local('writing/*.csv')`,
    `local({ path: 'writing/*.csv', ready: { companion: '{name}.ok' } })`,
  ),
  waits: pipeline('waits', { member: viaCrosswalk }),
  production: pipeline('production', { account: 'live' }),
  mistaken: pipeline('mistaken').replace(`'hang.activity'`, `'hang.activities'`),
});
world.write(
  'pipelines/accounts/live.ts',
  `import { defineAccount, env } from 'pointferry';
   export default defineAccount({ platform: 'hang', stage: 'production', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
     windows: [{ limit: 100, per: '1s' }] });\n`,
);
const header = 'id,member,value,at\n';
const sale = (id: string, value = '1.00'): string => `${id},mem_${id},${value},2026-05-01 10:00\n`;
const sales = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => sale(`${name}${i}`)).join('');
const sent = async (): Promise<number> => (await world.admin.stats()).hang.requests;
const runs = (): string[] => {
  try {
    return readdirSync(path.join(world.folder, '.pointferry', 'runs'));
  } catch {
    return [];
  }
};

/** Ends with this code, says this, and makes no run. */
async function endsWithoutRun(
  words: readonly string[],
  code: number,
  says: RegExp,
  env: Record<string, string> = {},
): Promise<void> {
  const before = runs().length;
  const ran = await world.ferry(words, { env });
  assert.equal(ran.code, code, `${words.join(' ')}: ${ran.out}${ran.err}`);
  assert.match(ran.err, says);
  assert.equal(runs().length, before, 'no run folder');
}

test('64: words that are not understood, with the nearest one', async () => {
  await endsWithoutRun(['runn', 'good'], 64, /did you mean "run"/);
  await endsWithoutRun(['run', 'good', '--limitt', '3'], 64, /did you mean --limit/);
  await endsWithoutRun(['run', 'good', '--limit', 'many'], 64, /expected a number/);
  await endsWithoutRun(['run'], 64, /expected <pipeline>/);
  await endsWithoutRun(['resume', 'r99zz'], 64, /there is no run r99zz/);
});

test('66: no file matched; only a file that is still being written', async () => {
  await endsWithoutRun(['run', 'good'], 66, /no file matched/);
  await endsWithoutRun(['run', 'good', '--file', 'nowhere.csv'], 66, /nowhere\.csv/);
  world.write('writing/a.csv', header + sale('w1'));
  await endsWithoutRun(['run', 'writing'], 66, /no file matched/);
});

test('78: what a person wrote is wrong, before anything is begun', async () => {
  world.write('good/a.csv', header + sale('g1'));
  world.write('mistaken/a.csv', header + sale('x1'));
  await endsWithoutRun(['run', 'good'], 78, /HANG_API_KEY/, { HANG_API_KEY: '' });
  await endsWithoutRun(['run', 'mistaken'], 78, /hang\.activities/);
  await endsWithoutRun(['run', 'goood'], 78, /did you mean "good"/);
  await endsWithoutRun(['run', 'good'], 78, /schema|migrate/, {
    DATABASE_URL: world.database.url.replace(/\/[^/]+$/, '/postgres'),
  });
});

test('0: every row done; only known files; a row that waits within its term; an empty file where the pipeline says so', async () => {
  world.write('good/a.csv', header + sale('g1'));
  const good = await world.summary(['run', 'good']);
  assert.deepEqual(
    { exitCode: good.exitCode, status: good.status, next: good.next },
    { exitCode: 0, status: 'completed', next: null },
  );
  const known = await world.summary(['run', 'good']);
  assert.deepEqual(
    { exitCode: known.exitCode, read: known.rows.read, verdict: known.files[0]?.verdict },
    { exitCode: 0, read: 0, verdict: 'duplicate' },
  );
  world.write('waits/a.csv', header + sale('p1'));
  const waits = await world.summary(['run', 'waits']);
  assert.deepEqual({ exitCode: waits.exitCode, parked: waits.rows.parked }, { exitCode: 0, parked: 1 });
  world.write('lenient/a.csv', header);
  assert.equal((await world.ferry(['run', 'lenient'])).code, 0);
});

test('1: rows that want a person; a file refused, empty or still being written beside a good one', async () => {
  world.write('mixed/a.csv', header + sale('a1') + sale('a2', 'ten'));
  const rejected = await world.summary(['run', 'mixed']);
  assert.deepEqual(
    { exitCode: rejected.exitCode, status: rejected.status, rejected: rejected.rows.rejected },
    { exitCode: 1, status: 'completed_with_errors', rejected: 1 },
  );
  assert.match(rejected.next ?? '', /errors r\w+ --group/);
  world.write('mixed/b.csv', 'this,is,another\nfile,than,expected\n');
  world.write('mixed/c.csv', header + sale('c1'));
  world.write('mixed/d.csv', header);
  const refused = await world.summary(['run', 'mixed']);
  assert.deepEqual(
    [refused.exitCode, refused.rows.delivered, refused.files.map(({ verdict }) => verdict).sort()],
    [1, 1, ['duplicate', 'empty', 'refused', 'staged']],
  );
  world.write('writing/b.csv', header + sale('w2'));
  world.write('writing/b.csv.ok', '');
  const beside = await world.summary(['run', 'writing']);
  assert.deepEqual(
    { exitCode: beside.exitCode, delivered: beside.rows.delivered },
    { exitCode: 1, delivered: 1 },
  );
});

test('4: pending left by --limit; the next run goes on with it first, and 66 says that nothing new came', async () => {
  const file = world.write('limited/a.csv', header + sales('l', 5));
  const some = await world.summary(['run', 'limited', '--limit', '2']);
  assert.deepEqual(
    {
      exitCode: some.exitCode,
      status: some.status,
      delivered: some.rows.delivered,
      pending: some.rows.pending,
    },
    { exitCode: 4, status: 'interrupted', delivered: 2, pending: 3 },
  );
  const words = ['run', 'limited', '--file', `${file}.gone`];
  const rest = await world.ferry(['run', 'limited', '--json']);
  const { before, ...fresh } = JSON.parse(rest.out);
  assert.deepEqual(
    { code: rest.code, read: fresh.rows.read },
    { code: 0, read: 0 },
    'the limit was for that command alone',
  );
  assert.deepEqual(
    { run: before[0].run, delivered: before[0].rows.delivered },
    { run: some.run, delivered: 5 },
  );
  const last = await world.ferry(words);
  assert.equal(last.code, 66, 'nothing is left, and the file that was named did not come');
});

test('3: credentials refused; the rows wait, and the next run goes on', async () => {
  world.write('doors/a.csv', header + sales('d', 3));
  const before = await sent();
  const stopped = await world.ferry(['run', 'doors', '--json'], { env: { HANG_API_KEY: 'wrong' } });
  const summary = JSON.parse(stopped.out);
  assert.deepEqual(
    { code: stopped.code, status: summary.status, pending: summary.rows.pending },
    { code: 3, status: 'failed', pending: 3 },
    stopped.err,
  );
  assert.match(summary.next, /resume r\w+/);
  assert.ok((await sent()) - before <= 3, 'it does not go on knocking');
  const mended = await world.ferry(['run', 'doors', '--json']);
  const { before: older } = JSON.parse(mended.out);
  assert.deepEqual(
    { code: mended.code, run: older[0].run, delivered: older[0].rows.delivered },
    { code: 0, run: summary.run, delivered: 3 },
    mended.err,
  );
});

test('3: a database that does not answer', async () => {
  await endsWithoutRun(['run', 'good'], 3, /database/i, {
    DATABASE_URL: 'postgres://ferry@127.0.0.1:1/none',
  });
});

test('70: the books do not balance; nothing further is sent, and only a person goes on', async () => {
  world.write('tampered/a.csv', header + sales('t', 4));
  const some = await world.summary(['run', 'tampered', '--limit', '1']);
  assert.equal(some.exitCode, 4);
  await withClient(world.database.db, (client) =>
    client.query(`update pointferry.file set records = records + 1 where run = $1`, [some.run]),
  );
  const broken = await world.ferry(['run', 'tampered', '--json']);
  const summary = JSON.parse(broken.out);
  assert.deepEqual(
    { code: broken.code, balanced: summary.balanced, status: summary.status },
    { code: 70, balanced: false, status: 'failed' },
    broken.err,
  );
  assert.match(broken.err, /5 rows read, 4 accounted for/);
  const before = await sent();
  const again = await world.ferry(['run', 'tampered']);
  assert.match(again.err, /left alone \(exit 70\)/);
  assert.equal(await sent(), before);
});

test('75: a living process holds the pipeline and scope, and is named', async () => {
  world.write('busy/a.csv', header + sales('b', 4));
  await world.admin.setFaults([
    { route: 'hang.activity', do: { kind: 'latency', ms: 60_000, when: 'after' } },
  ]);
  const first = world.start(['run', 'busy'], { env: { POINTFERRY_REQUEST_DEADLINE_MS: '90000' } });
  await world.admin.waitForEffects(1, { subject: 'mem_b0', timeoutMs: 60_000 });
  await endsWithoutRun(['run', 'busy'], 75, /held by test on \S+, pid \d+/);
  first.signal('SIGKILL');
  await first.ended;
  await world.admin.setFaults([]);
});

test('64 for a first send to production without a word, and 0 with it; another platform address afterwards: 78', async () => {
  world.write('production/a.csv', header + sale('live1'));
  await endsWithoutRun(['run', 'production'], 64, /is marked production/);
  assert.equal((await world.ferry(['run', 'production', '--yes'])).code, 0);
  world.write('production/b.csv', header + sale('live2'));
  await endsWithoutRun(
    ['run', 'production'],
    78,
    /has sent to http:\/\/127\.0\.0\.1 and now points at http:\/\/localhost/,
    {
      HANG_BASE_URL: `${world.sandboxUrl.replace('127.0.0.1', 'localhost')}/partner-api`,
    },
  );
});
