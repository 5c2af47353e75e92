/** A night never stands still for an older one, and an older one is never out of sight. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { salesPipeline, viaCrosswalk } from '../world/pipelines.ts';
import { makeWorld } from '../world/world.ts';

const names = ['moved', 'dropped', 'broken', 'twice', 'doors', 'own', 'lost', 'config', 'stopped', 'late'];
const waiting = (name: string): string => salesPipeline(name, { member: viaCrosswalk });
const world = await makeWorld({
  ...Object.fromEntries(names.map((name) => [name, salesPipeline(name)])),
  moved: waiting('moved'),
  dropped: waiting('dropped'),
  late: waiting('late'),
  stopped: salesPipeline('stopped', { more: `thresholds: { intake: { stop: 1 } },` }),
  config: salesPipeline('config', { account: 'second' }),
});
world.write(
  'pipelines/accounts/second.ts',
  `import { defineAccount, env } from 'pointferry';
   export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('SECOND_KEY'),
     windows: [{ limit: 2000, per: '1s' }], maxInFlight: 16 });\n`,
);
const header = 'id,member,value,at\n';
const sale = (id: string, member = `mem_${id}`, value = '1.00'): string =>
  `${id},${member},${value},2026-05-01 10:00\n`;
const sales = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => sale(`${name}${i}`)).join('');
const query = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
  (await withClient(world.database.db, (client) => client.query<R>(text, values))).rows;
const runsOf = async (name: string): Promise<string[]> =>
  (await query<{ id: string }>('select id from pointferry.run where pipeline = $1 order by seq', [name])).map(
    ({ id }) => id,
  );
const known = async (member: string): Promise<void> => {
  world.write('who.csv', `key,member_id\n${member},mem_${member}\n`);
  assert.equal((await world.ferry(['members', 'import', 'who.csv', '--account', 'hang'])).code, 0);
};
/** A run ends with 70, by itself and with rows pending: its file claims one record more than it has. */
async function unbalanced(name: string): Promise<string> {
  world.write(`${name}/a.csv`, header + sales(name, 4));
  const some = await world.summary(['run', name, '--limit', '1']);
  await query('update pointferry.file set records = records + 1 where run = $1', [some.run]);
  return some.run;
}

test("another run's folder that cannot be written is a warning: new files are taken, the files are in today's work folder", async () => {
  world.write('moved/a.csv', header + sale('m1', 'late1'));
  const parked = await world.summary(['run', 'moved', '--workdir', path.join(world.folder, 'elsewhere')]);
  assert.equal(parked.rows.parked, 1);
  rmSync(path.join(world.folder, 'elsewhere'), { recursive: true });
  writeFileSync(path.join(world.folder, 'elsewhere'), 'a file stands in its place');
  await known('late1');
  world.write('moved/b.csv', header + sale('m2', 'late1'));
  const night = await world.ferry(['run', 'moved', '--json']);
  const { rows, status } = JSON.parse(night.out);
  assert.deepEqual(
    { code: night.code, status, delivered: rows.delivered },
    { code: 0, status: 'completed', delivered: 1 },
    night.err,
  );
  assert.match(night.err, new RegExp(`run ${parked.run}.*elsewhere/runs/.*ENOTDIR`));
  const folder = /its files are in (\S+) now/.exec(night.err)?.[1] ?? '';
  assert.equal(JSON.parse(readFileSync(path.join(folder, 'summary.json'), 'utf8')).rows.delivered, 1);
  const again = await world.ferry(['run', 'moved']);
  assert.deepEqual(
    { code: again.code, err: again.err },
    { code: 0, err: '' },
    'the next run does not meet it again',
  );
  assert.equal((await world.ferry(['report', parked.run])).code, 0);
});

test('an own folder that is out of reach does not keep an older run from its end', async () => {
  world.write('own/a.csv', header + sales('own', 3));
  const away = path.join(world.folder, 'away');
  const some = await world.summary(['run', 'own', '--limit', '1', '--workdir', away]);
  rmSync(away, { recursive: true });
  writeFileSync(away, '');
  world.write('own/b.csv', header + sale('own9'));
  const ran = await world.ferry(['run', 'own', '--json']);
  const { before, rows } = JSON.parse(ran.out);
  assert.deepEqual(
    {
      code: ran.code,
      run: before[0].run,
      beforeRowsDelivered: before[0].rows.delivered,
      rowsDelivered: rows.delivered,
    },
    { code: 0, run: some.run, beforeRowsDelivered: 3, rowsDelivered: 1 },
    ran.err,
  );
});

test("another run's raw table that is gone is a warning, once", async () => {
  world.write('dropped/a.csv', header + sale('d1', 'late2') + sale('d2', 'late2', 'ten'));
  const parked = await world.summary(['run', 'dropped']);
  assert.deepEqual(
    { parked: parked.rows.parked, rejected: parked.rows.rejected },
    { parked: 1, rejected: 1 },
  );
  const [file] = await query<{ raw_table: string }>('select raw_table from pointferry.file where run = $1', [
    parked.run,
  ]);
  await query(`drop table pointferry_staging.${file?.raw_table}`);
  await known('late2');
  world.write('dropped/b.csv', header + sale('d3', 'late2'));
  const night = await world.ferry(['run', 'dropped', '--json']);
  const { rows, exitCode } = JSON.parse(night.out);
  assert.deepEqual(
    { code: night.code, exitCode, delivered: rows.delivered },
    { code: 0, exitCode: 0, delivered: 1 },
    night.err,
  );
  assert.match(night.err, new RegExp(`the cells of a\\.csv are gone.* run=${parked.run}`));
  world.write('dropped/c.csv', header + sale('d4', 'late2'));
  const next = await world.ferry(['run', 'dropped']);
  assert.deepEqual({ code: next.code, err: next.err }, { code: 0, err: '' });
});

test('files that a death left to be written again are written by the next run, also where nothing new came', async () => {
  world.write('late/a.csv', header + sale('l1', 'late3'));
  const parked = await world.summary(['run', 'late']);
  await known('late3');
  world.write('late/b.csv', header + sale('l2', 'late3'));
  // the second summary of this night is that of the run whose row was released
  await world.killedAt('report/before-summary', ['run', 'late'], { at: 2 });
  const folders = readdirSync(path.join(world.folder, '.pointferry/runs'));
  const summary = path.join(
    world.folder,
    '.pointferry/runs',
    folders.find((name) => name.endsWith(parked.run)) ?? '',
    'summary.json',
  );
  assert.equal(existsSync(summary), false);
  rmSync(path.join(world.folder, 'late'), { recursive: true });
  mkdirSync(path.join(world.folder, 'late'));
  assert.equal((await world.ferry(['run', 'late'])).code, 66);
  assert.equal(JSON.parse(readFileSync(summary, 'utf8')).rows.delivered, 1);
});

test('an older run that ends with 70 in this command stops no new file; both codes are told apart, and no run comes behind it empty', async () => {
  const older = await unbalanced('broken');
  world.write('broken/b.csv', header + sale('fresh1'));
  const night = await world.ferry(['run', 'broken', '--json']);
  const { command, before, ...own } = JSON.parse(night.out);
  assert.equal(night.code, 70, night.err);
  assert.deepEqual(
    { exitCode: own.exitCode, delivered: own.rows.delivered },
    { exitCode: 0, delivered: 1 },
    'the new file was taken and sent',
  );
  assert.deepEqual({ run: before[0].run, exitCode: before[0].exitCode }, { run: older, exitCode: 70 });
  assert.deepEqual(command, {
    exitCode: 70,
    own: { run: own.run, exitCode: 0 },
    older: [{ run: older, exitCode: 70, resumed: true }],
    limit: null,
  });
  const next = await world.ferry(['run', 'broken', '--json']);
  assert.equal(next.code, 70, 'it is not out of sight from the next night on');
  assert.match(
    next.err,
    new RegExp(
      `left alone \\(exit 70\\).*resume ${older}, or give it up: pointferry dismiss ${older} --note`,
    ),
  );
  assert.deepEqual(JSON.parse(next.out).command.older, [{ run: older, exitCode: 70, resumed: false }]);
  assert.deepEqual(
    await runsOf('broken'),
    [older, own.run],
    'known files make no run behind one that failed',
  );
  world.write('broken/c.csv', header + sale('fresh2'));
  const after = await world.ferry(['run', 'broken']);
  assert.equal(after.code, 70);
  assert.match(after.out, new RegExp(`exit 70 {2}since ${older} is open; r\\w+ itself ended with 0`));
});

test('an older run whose own step fails is given back with what was wrong, and new files are taken', async () => {
  world.write('lost/a.csv', header + sales('lost', 3));
  const some = await world.summary(['run', 'lost', '--limit', '1']);
  // as if it had died while it normalized, and its raw table had been dropped since
  await query(`update pointferry.run set stage = 'normalize' where id = $1`, [some.run]);
  await query('update pointferry.file set normalized_at = null where run = $1', [some.run]);
  await query('delete from pointferry.normalize_progress where run = $1', [some.run]);
  const [file] = await query<{ raw_table: string }>('select raw_table from pointferry.file where run = $1', [
    some.run,
  ]);
  await query(`drop table pointferry_staging.${file?.raw_table}`);
  world.write('lost/b.csv', header + sale('lost9'));
  const night = await world.ferry(['run', 'lost', '--json']);
  const { command, ...own } = JSON.parse(night.out);
  assert.deepEqual(
    { code: night.code, exitCode: own.exitCode, delivered: own.rows.delivered },
    { code: 3, exitCode: 0, delivered: 1 },
    night.err,
  );
  assert.deepEqual(command.older[0].exitCode, 3);
  assert.match(night.err, new RegExp(`gone from the database.*run=${some.run}`));
  assert.equal((await world.ferry(['status', some.run])).code, 3);
});

test('3: credentials that are refused for an older run: no empty run behind it; a new file is staged and waits', async () => {
  world.write('doors/a.csv', header + sales('doors', 3));
  const env = { HANG_API_KEY: 'wrong' };
  const [first] = [JSON.parse((await world.ferry(['run', 'doors', '--json'], { env })).out)];
  assert.equal(first.exitCode, 3);
  const second = await world.ferry(['run', 'doors', '--json'], { env });
  assert.equal(second.code, 3);
  assert.deepEqual(await runsOf('doors'), [first.run]);
  world.write('doors/b.csv', header + sale('doors9'));
  const third = JSON.parse((await world.ferry(['run', 'doors', '--json'], { env })).out);
  assert.deepEqual(
    { exitCode: third.exitCode, pending: third.rows.pending, run: third.before[0].run },
    { exitCode: 3, pending: 1, run: first.run },
  );
  const mended = JSON.parse((await world.ferry(['run', 'doors', '--json'])).out);
  assert.deepEqual(
    { exitCode: mended.command.exitCode, older: mended.command.older.length },
    { exitCode: 0, older: 2 },
  );
});

test('2: a run that a threshold stopped is counted by every later run until a person decides', async () => {
  world.write('stopped/a.csv', header + sale('s1', 'mem_s', 'x') + sale('s2', 'mem_s', 'y') + sale('s3'));
  const stopped = await world.summary(['run', 'stopped']);
  assert.equal(stopped.exitCode, 2);
  world.write('stopped/b.csv', header + sale('s4'));
  const night = await world.ferry(['run', 'stopped', '--json']);
  const { command, ...own } = JSON.parse(night.out);
  assert.deepEqual(
    { code: night.code, exitCode: own.exitCode, delivered: own.rows.delivered },
    { code: 2, exitCode: 0, delivered: 1 },
  );
  assert.equal(command.exitCode, 2);
  const gone = await world.ferry(['run', 'stopped', '--file', 'nowhere.csv']);
  assert.deepEqual(
    { code: gone.code, says: /nowhere\.csv/.test(gone.err) },
    { code: 2, says: true },
    'the worse of 66 and 2',
  );
  const only = await world.ferry(['run', 'stopped', '--only-new', '--json']);
  assert.deepEqual([only.code, JSON.parse(only.out).command.older[0].run], [2, stopped.run]);
});

test('78 of an older run (its account lacks a variable now) is told, and the pipeline goes on with today’s account', async () => {
  world.write('config/a.csv', header + sales('config', 3));
  const env = { SECOND_KEY: 'sandbox-hang-key' };
  const some = JSON.parse((await world.ferry(['run', 'config', '--limit', '1', '--json'], { env })).out);
  assert.equal(some.exitCode, 4);
  world.write(
    'pipelines/config.ts',
    `import { definePipeline, local } from 'pointferry';\nexport default definePipeline(${salesPipeline('config')});\n`,
  );
  renameSync(path.join(world.folder, 'config/a.csv'), path.join(world.folder, 'config-a.csv'));
  world.write('config/b.csv', header + sale('config9'));
  const night = await world.ferry(['run', 'config', '--accept-new-account', '--json']);
  const { command, ...own } = JSON.parse(night.out);
  assert.deepEqual(
    { code: night.code, exitCode: own.exitCode, delivered: own.rows.delivered },
    { code: 78, exitCode: 0, delivered: 1 },
    night.err,
  );
  assert.deepEqual(command.older, [{ run: some.run, exitCode: 78, resumed: false }]);
  assert.match(night.err, /SECOND_KEY/);
});

test('1 outranks 66: rejected rows of a run that was gone on with, and no new file', async () => {
  world.write('twice/a.csv', header + sale('t1') + sale('t2', 'mem_t2', 'ten') + sale('t3'));
  assert.equal((await world.summary(['run', 'twice', '--limit', '1'])).exitCode, 4);
  rmSync(path.join(world.folder, 'twice'), { recursive: true });
  const rest = await world.ferry(['run', 'twice']);
  assert.equal(rest.code, 1);
  assert.match(rest.err, /no file matched/);
});
