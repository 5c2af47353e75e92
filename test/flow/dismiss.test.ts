/** A person gives up a run or a group of its errors: it counts no more, no row moves, and it can be taken up again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { inDollars, salesPipeline, type Varied, viaCrosswalk } from '../world/pipelines.ts';
import { makeWorld, runFile, shortDeadline } from '../world/world.ts';

const pipeline = (name: string, varied: Varied = {}): string =>
  salesPipeline(name, { more: inDollars, ...varied });
const names = ['broken', 'halfway', 'parked', 'groups', 'silent', 'living', 'shown', 'typed', 'refusing'];
const world = await makeWorld(
  {
    ...Object.fromEntries(names.map((name) => [name, pipeline(name)])),
    parked: pipeline('parked', { member: viaCrosswalk }),
    silent: pipeline('silent', { account: 'forgetful' }),
  },
  shortDeadline,
);
// its platform promises nothing about keys, so that one answer lost is an outcome unknown
world.write(
  'pipelines/accounts/forgetful.ts',
  `import { defineAccount, env } from 'pointferry';
   export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
     windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16 });\n`,
);
const header = 'id,member,value,at\n';
const sale = (id: string, value = '1.00'): string => `${id},mem_${id},${value},2026-05-01 10:00\n`;
const sales = (name: string, from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => sale(`${name}${from + i}`)).join('');
const query = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
  (await withClient(world.database.db, (client) => client.query<R>(text, values))).rows;
const sent = async (): Promise<number> => (await world.admin.stats()).hang.requests;
interface Line {
  readonly pipeline: string;
  readonly run: string;
  readonly exitCode: number | null;
  readonly others: number;
  readonly latest: { readonly run: string; readonly exitCode: number } | null;
}
const status = async (): Promise<{ lines: Line[]; open: Line[]; unknown: { rows: number } }> =>
  JSON.parse((await world.ferry(['status', '--json'])).out);
const openOf = async (name: string): Promise<string[]> =>
  (await status()).open.filter((one) => one.pipeline === name).map(({ run }) => run);
const bucketsOf = (run: string) =>
  query<{ bucket: string; rows: number }>(
    'select bucket, count(*)::int as rows from pointferry.row_bucket where run = $1 group by 1 order by 1',
    [run],
  );
/** Gives up, and succeeds. */
async function dismiss(...words: string[]): Promise<string> {
  const ran = await world.ferry(['dismiss', ...words]);
  assert.equal(ran.code, 0, ran.err);
  return ran.out;
}

test('a run that ended with 70 is given up: out of status and exit codes, its rows where they were, and recorded', async () => {
  world.write('broken/a.csv', header + sales('broken', 0, 4));
  const { run } = await world.summary(['run', 'broken', '--limit', '1']);
  await query('update pointferry.file set records = records + 1 where run = $1', [run]);
  assert.equal((await world.ferry(['run', 'broken'])).code, 70);
  assert.deepEqual(await openOf('broken'), [run]);
  const before = await bucketsOf(run);
  const look = await world.ferry(['dismiss', run, '--note', 'sent by hand', '--dry-run']);
  assert.match(look.out, /would be given up by test: sent by hand/);
  assert.deepEqual(await openOf('broken'), [run], 'a dry run changes nothing');
  const said = await dismiss(run, '--note', 'sent by hand', '--by', 'ops');
  assert.match(said, new RegExp(`^${run} is given up by ops: sent by hand\n.*pointferry resume ${run}`));
  assert.deepEqual(await bucketsOf(run), before);
  assert.deepEqual(await openOf('broken'), []);
  const one = await world.ferry(['status', run, '--json']);
  const { dismissed, exitCode, rows, next } = JSON.parse(one.out);
  assert.deepEqual(
    { code: one.code, exitCode, delivered: rows.delivered, next },
    { code: 0, exitCode: 70, delivered: 4, next: null },
  );
  assert.deepEqual({ by: dismissed.by, note: dismissed.note }, { by: 'ops', note: 'sent by hand' });
  assert.match(runFile(world, 'broken', 'summary.txt'), /given up by ops: sent by hand/);
  assert.deepEqual(
    await query(`select actor, note, run from pointferry.decision where verb = 'dismiss' and run = $1`, [
      run,
    ]),
    [{ actor: 'ops', note: 'sent by hand', run }],
  );
  const requests = await sent();
  world.write('broken/b.csv', header + sale('brokenNew'));
  const night = await world.ferry(['run', 'broken']);
  assert.deepEqual(
    { code: night.code, err: night.err, sent: (await sent()) - requests },
    { code: 0, err: '', sent: 1 },
  );
  const resumed = await world.ferry(['resume']);
  assert.doesNotMatch(resumed.out, new RegExp(run), 'only a person who names it takes it up again');
});

test('a run given up half way holds nothing: a later file with one of its transactions sends it, once', async () => {
  world.write('halfway/a.csv', header + sales('halfway', 0, 5));
  const { run } = await world.summary(['run', 'halfway', '--limit', '2']);
  await dismiss(run, '--note', 'the partner sends the rest anew');
  const requests = await sent();
  const none = await world.ferry(['run', 'halfway']);
  assert.deepEqual({ code: none.code, sent: (await sent()) - requests }, { code: 0, sent: 0 });
  world.write('halfway/b.csv', header + sales('halfway', 3, 3));
  const night = await world.summary(['run', 'halfway']);
  assert.deepEqual(
    {
      exitCode: night.exitCode,
      delivered: night.rows.delivered,
      duplicate: night.rows.duplicate,
      balanced: night.balanced,
    },
    { exitCode: 0, delivered: 1, duplicate: 2, balanced: true },
    JSON.stringify(night.rows),
  );
  assert.deepEqual(await bucketsOf(run), [
    { bucket: 'delivered', rows: 4 },
    { bucket: 'pending', rows: 1 },
  ]);
  for (const id of ['halfway3', 'halfway4', 'halfway5'])
    assert.equal((await world.admin.effects({ subject: `mem_${id}` })).length, 1, id);
});

test('nor does one whose member came later: what waits in it goes with the run that brings it again', async () => {
  const line = 'p1,late,1.00,2026-05-01 10:00\n';
  world.write('who.csv', 'key,member_id\nknown1,mem_known1\nknown2,mem_known2\n');
  await world.ferry(['members', 'import', 'who.csv', '--account', 'hang']);
  const known = (id: string): string => `${id},known${id.slice(1)},1.00,2026-05-01 10:00\n`;
  world.write('parked/a.csv', header + line + known('k1') + known('k2'));
  const { run } = await world.summary(['run', 'parked', '--limit', '1']);
  await dismiss(run, '--note', 'given up with a row that waits');
  world.write('parked/b.csv', header + line);
  const night = await world.summary(['run', 'parked']);
  assert.deepEqual({ exitCode: night.exitCode, parked: night.rows.parked }, { exitCode: 0, parked: 1 });
  world.write('who.csv', 'key,member_id\nlate,mem_late\n');
  await world.ferry(['members', 'import', 'who.csv', '--account', 'hang']);
  assert.equal((await world.ferry(['run', 'parked'])).code, 0);
  assert.equal((await world.admin.effects({ subject: 'mem_late' })).length, 1);
});

test('resume of a run that was named takes it up again, and what is left of it is open again', async () => {
  world.write('typed/a.csv', header + sales('typed', 0, 3));
  const { run } = await world.summary(['run', 'typed', '--limit', '1']);
  await dismiss(run, '--note', 'no');
  const some = await world.summary(['resume', run, '--limit', '1']);
  assert.deepEqual(
    { exitCode: some.exitCode, delivered: some.rows.delivered },
    { exitCode: 4, delivered: 2 },
  );
  assert.deepEqual(await openOf('typed'), [run]);
  assert.deepEqual(await query(`select verb from pointferry.decision where run = $1 order by id`, [run]), [
    { verb: 'dismiss' },
    { verb: 'resume' },
  ]);
  assert.equal((await world.summary(['resume', run])).exitCode, 0);
});

test('a group of errors is given up: its rows count no more, a rerun still takes them, and what fails later counts', async () => {
  world.write('groups/a.csv', header + sale('g1') + sale('g2', 'ten') + sale('g3'));
  await world.admin.setFaults([{ subject: 'mem_g3', count: 1, do: { kind: 'status', status: 422 } }]);
  const night = await world.summary(['run', 'groups']);
  assert.deepEqual(
    { exitCode: night.exitCode, rejected: night.rows.rejected, failed: night.rows.failed },
    { exitCode: 1, rejected: 1, failed: 1 },
  );
  const number = (code: string): string =>
    String(night.errors.find((error) => error.code === code)?.group ?? '');
  await dismiss(night.run, '--group', number('NORMALIZE_NOT_A_NUMBER'), '--note', 'a test card');
  assert.deepEqual(await openOf('groups'), [night.run], 'the other group is still open');
  await dismiss(night.run, '--group', number('PUSH_REFUSED'), '--note', 'gone');
  assert.deepEqual(await openOf('groups'), []);
  const after = JSON.parse(runFile(world, 'groups', 'summary.json'));
  assert.deepEqual(
    {
      exitCode: after.exitCode,
      status: after.status,
      rejected: after.rows.rejected,
      failed: after.rows.failed,
      next: after.next,
    },
    { exitCode: 0, status: 'completed', rejected: 1, failed: 1, next: null },
  );
  assert.deepEqual(
    after.errors.map(({ dismissed }: { dismissed: { note: string } }) => dismissed.note).sort(),
    ['a test card', 'gone'],
  );
  assert.match((await world.ferry(['errors', night.run, '--group'])).out, /given up by test: a test card/);
  await world.admin.setFaults([{ subject: 'mem_g3', count: 1, do: { kind: 'status', status: 422 } }]);
  const again = await world.summary(['rerun', night.run, '--stage', 'push']);
  assert.deepEqual(
    { exitCode: again.exitCode, failed: again.selected?.failed },
    { exitCode: 1, failed: 1 },
    'a rerun takes what was given up',
  );
  assert.deepEqual(await openOf('groups'), [night.run], 'it failed after it was given up, so it is open');
  await dismiss(night.run, '--note', 'all of it');
  assert.deepEqual(await openOf('groups'), []);
  const once = await world.ferry(['dismiss', night.run, '--note', 'twice']);
  assert.deepEqual(
    { code: once.code, says: /nothing of r\w+ is open/.test(once.err) },
    { code: 64, says: true },
  );
});

test('unknown rows that were given up are not counted by status, and are still listed', async () => {
  await world.admin.setFaults([{ subject: 'mem_u1', count: 1, do: { kind: 'cut', applied: true } }]);
  world.write('silent/a.csv', header + sale('u1'));
  const night = await world.summary(['run', 'silent']);
  assert.equal(night.rows.unknown, 1);
  const before = (await status()).unknown.rows;
  await dismiss(night.run, '--note', 'too old');
  assert.equal((await status()).unknown.rows, before - 1);
  assert.match((await world.ferry(['errors', '--unknown'])).out, new RegExp(`${night.run} {3}1 unknown`));
});

test('a run with a refused file and nothing else is given up as a whole', async () => {
  world.write('refusing/a.csv', header + sale('f1'));
  world.write('refusing/b.csv', 'this,is,another\nfile,than,expected\n');
  const night = await world.summary(['run', 'refusing']);
  assert.equal(night.exitCode, 1);
  assert.deepEqual(await openOf('refusing'), [], 'its rows want nobody: the last run says what was refused');
  assert.equal((await status()).lines.find(({ pipeline }) => pipeline === 'refusing')?.exitCode, 1);
  await dismiss(night.run, '--note', 'they know');
  assert.equal((await status()).lines.find(({ pipeline }) => pipeline === 'refusing')?.exitCode, 0);
});

test('75 while a living process is at the run, and 64 for what is not understood', async () => {
  world.write('living/a.csv', header + sales('living', 0, 3));
  await world.admin.setFaults([
    { route: 'hang.activity', do: { kind: 'latency', ms: 6_000, when: 'after' } },
  ]);
  const night = world.ferry(['run', 'living'], { env: { POINTFERRY_REQUEST_DEADLINE_MS: '20000' } });
  await world.admin.waitForEffects(1, { subject: 'mem_living0', timeoutMs: 60_000 });
  const held = await world.ferry(['dismiss', 'living@last', '--note', 'x']);
  assert.deepEqual(
    { code: held.code, says: /held by test/.test(held.err) },
    { code: 75, says: true },
    held.err,
  );
  assert.equal((await night).code, 0);
  await world.admin.setFaults([]);
  for (const words of [
    ['living@last'],
    ['living@last', '--note', '  '],
    ['living@last', '--note', 'x'],
    ['living@last', '--group', '9', '--note', 'x'],
    ['living@last', '--group', 'nine', '--note', 'x'],
    ['r99zz', '--note', 'x'],
  ])
    assert.equal((await world.ferry(['dismiss', ...words])).code, 64, words.join(' '));
});

test('status: the worst open run, how many more are open, and the last run beside it', async () => {
  world.write('shown/a.csv', header + sale('w1') + sale('w2', 'ten'));
  const first = await world.summary(['run', 'shown']);
  world.write('shown/b.csv', header + sale('w3') + sale('w4'));
  const second = await world.summary(['run', 'shown', '--limit', '1']);
  await query(
    `update pointferry.run set status = 'failed', exit_code = 70, stop_code = 'BUG' where id = $1`,
    [second.run],
  );
  world.write('shown/c.csv', header + sale('w5'));
  const third = await world.ferry(['run', 'shown', '--json']);
  assert.equal(third.code, 70);
  const own = JSON.parse(third.out);
  const { lines, open } = await status();
  const line = lines.find((one) => one.pipeline === 'shown');
  assert.deepEqual(
    {
      lineRun: line?.run,
      lineExitCode: line?.exitCode,
      others: line?.others,
      latestRun: line?.latest?.run,
      latestExitCode: line?.latest?.exitCode,
    },
    { lineRun: second.run, lineExitCode: 70, others: 1, latestRun: own.run, latestExitCode: 0 },
  );
  assert.deepEqual(
    open.filter((one) => one.pipeline === 'shown').map(({ run }) => run),
    [second.run, first.run],
  );
  const screen = await world.ferry(['status']);
  assert.equal(screen.code, 70);
  assert.match(screen.out, new RegExp(`or give it up: pointferry dismiss ${second.run} --note TEXT`));
  assert.match(screen.out, new RegExp(`the last run: ${own.run} .*exit 0`));
  assert.match(screen.out, /1 more open: pointferry status --open/);
  const all = await world.ferry(['status', '--open']);
  for (const run of [first.run, second.run]) assert.match(all.out, new RegExp(`shown +${run}`));
  await dismiss(second.run, '--note', 'x');
  await dismiss(first.run, '--note', 'x');
  const calm = (await status()).lines.find((one) => one.pipeline === 'shown');
  assert.deepEqual(
    { run: calm?.run, exitCode: calm?.exitCode, others: calm?.others, latest: calm?.latest },
    { run: own.run, exitCode: 0, others: 0, latest: null },
  );
});
