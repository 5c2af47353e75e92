/** `--limit` and `--only` hold for every run that a command goes on with. Counted at the platform. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { salesPipeline } from '../world/pipelines.ts';
import { makeWorld } from '../world/world.ts';

const names = ['careful', 'picked', 'typed', 'other', 'exact', 'killed', 'reread'];
const world = await makeWorld(Object.fromEntries(names.map((name) => [name, salesPipeline(name)])));
const header = 'id,member,value,at\n';
const sales = (name: string, from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `${name}${from + i},${name}_${from + i},1.00,2026-05-01 10:00\n`,
  ).join('');
const sent = async (): Promise<number> => (await world.admin.stats()).hang.requests;
/** What a command sent, its exit code, and what it said. */
async function sending(...words: string[]) {
  const before = await sent();
  const ran = await world.ferry(words);
  return { ...ran, sent: (await sent()) - before };
}

test('run --limit 10 twice sends ten, and then ten: the older run is gone on with under the limit', async () => {
  world.write('careful/a.csv', header + sales('careful', 0, 30));
  const first = await sending('run', 'careful', '--limit', '10');
  assert.deepEqual({ sent: first.sent, code: first.code }, { sent: 10, code: 4 }, first.err);
  world.write('careful/b.csv', header + sales('careful', 100, 5));
  const second = await sending('run', 'careful', '--limit', '10');
  assert.deepEqual({ sent: second.sent, code: second.code }, { sent: 10, code: 4 }, second.err);
  assert.match(second.out, /--limit 10 is used up; the next run sends the rest: pointferry run careful/);
  // ten of the older run are left, and the limit leaves two for the file that is new
  const third = await world.ferry(['run', 'careful', '--limit', '12', '--json']);
  const { before, rows, command } = JSON.parse(third.out);
  assert.deepEqual(
    {
      code: third.code,
      beforeRowsDelivered: before[0].rows.delivered,
      rowsDelivered: rows.delivered,
      pending: rows.pending,
    },
    { code: 4, beforeRowsDelivered: 30, rowsDelivered: 2, pending: 3 },
  );
  assert.deepEqual(command.limit, { asked: 12, begun: 12 });
  const rest = await sending('run', 'careful');
  assert.deepEqual(
    { sent: rest.sent, code: rest.code },
    { sent: 3, code: 0 },
    'a limit is for its command alone',
  );
});

test('a limit that an older run uses up to the last operation leaves new files untouched: exit 4', async () => {
  world.write('exact/a.csv', header + sales('exact', 0, 4));
  await sending('run', 'exact', '--limit', '2');
  world.write('exact/b.csv', header + sales('exact', 10, 1));
  const used = await world.ferry(['run', 'exact', '--limit', '2', '--json']);
  const { command, ...older } = JSON.parse(used.out);
  assert.deepEqual(
    { code: used.code, delivered: older.rows.delivered, exitCode: older.exitCode },
    { code: 4, delivered: 4, exitCode: 0 },
  );
  assert.deepEqual(
    { exitCode: command.exitCode, own: command.own },
    { exitCode: 4, own: null },
    'no run was begun for the new file',
  );
  const next = await world.summary(['run', 'exact']);
  assert.deepEqual(
    { exitCode: next.exitCode, read: next.rows.read, delivered: next.rows.delivered },
    { exitCode: 0, read: 1, delivered: 1 },
  );
});

test('--only holds for older runs: the transaction that is named is sent, and nothing else', async () => {
  world.write('picked/a.csv', header + sales('picked', 0, 20));
  const first = await sending('run', 'picked', '--only', 'picked5');
  assert.deepEqual({ sent: first.sent, code: first.code }, { sent: 1, code: 4 }, first.err);
  const second = await sending('run', 'picked', '--only', 'picked6');
  assert.deepEqual({ sent: second.sent, code: second.code }, { sent: 1, code: 4 }, second.err);
  assert.match(second.out, /--only left the rest; the next run without it sends it: pointferry run picked/);
  for (const id of ['picked_5', 'picked_6'])
    assert.equal((await world.admin.effects({ subject: id })).length, 1);
});

test('resume takes both; the limit is over all runs that it goes on with, oldest first', async () => {
  world.write('typed/a.csv', header + sales('typed', 0, 4));
  const typed = await world.summary(['run', 'typed', '--limit', '1']);
  const one = await sending('resume', typed.run, '--limit', '1');
  assert.deepEqual({ sent: one.sent, code: one.code }, { sent: 1, code: 4 }, one.err);
  const named = await sending('resume', typed.run, '--only', 'typed3');
  assert.deepEqual({ sent: named.sent, code: named.code }, { sent: 1, code: 4 }, named.err);
  world.write('other/a.csv', header + sales('other', 0, 5));
  await world.summary(['run', 'other', '--limit', '1']);
  const ours = async (): Promise<number> =>
    (await world.admin.effects({})).filter(({ subject }) => /^(typed|other)_/.test(subject ?? '')).length;
  const before = await ours();
  const all = await sending('resume', '--limit', '3');
  assert.equal(all.code, 4, all.err);
  assert.equal(all.sent, 3);
  assert.ok((await ours()) - before <= 3);
  assert.match(all.out, /--limit 3 is used up; the next run sends the rest: pointferry resume/);
  assert.equal((await world.ferry(['resume', typed.run, '--limit', 'many'])).code, 64);
});

test('what a killed command left in doubt is settled first, and counts: no more operations than the limit', async () => {
  world.write('killed/a.csv', header + sales('killed', 0, 20));
  const env = { POINTFERRY_LEASE_MS: '3000' };
  await world.killedAt('push/after-send', ['run', 'killed', '--limit', '5'], { at: 3, env });
  const again = await world.ferry(['run', 'killed', '--limit', '5'], { env });
  assert.equal(again.code, 4, again.err);
  const effects = (await world.admin.effects({})).filter(({ subject }) => subject?.startsWith('killed_'));
  assert.ok(effects.length >= 5 && effects.length <= 10, `${effects.length} operations`);
  assert.equal(new Set(effects.map(({ subject }) => subject)).size, effects.length, 'nothing twice');
});

test('files named for this command are not given to an older run that still reads', async () => {
  world.write('reread/a.csv', header + sales('reread', 0, 3));
  await world.killedAt('run/after-begin', ['run', 'reread']);
  world.write('extra.csv', header + sales('reread', 10, 2));
  const ran = await world.ferry(['run', 'reread', '--file', 'extra.csv', '--json']);
  const { before, files } = JSON.parse(ran.out);
  assert.equal(ran.code, 0, ran.err);
  assert.deepEqual(
    [
      before[0].files.map((file: { name: string }) => file.name),
      files.map((file: { name: string }) => file.name),
    ],
    [['a.csv'], ['extra.csv']],
  );
});
