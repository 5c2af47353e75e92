/** What a file must be like to be believed whole, and what becomes of one that is not. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { inDollars, salesPipeline, viaCrosswalk } from '../world/pipelines.ts';
import { makeWorld, runFile, type Summary } from '../world/world.ts';

const pipeline = (name: string, more: string): string =>
  salesPipeline(name, {
    source: `local({ path: 'in/${name}_*.csv', after: { move: 'done' } })`,
    member: viaCrosswalk,
    value: `{ from: 'value' }`,
    more: `${inDollars} ${more}`,
  });
const world = await makeWorld({
  total: pipeline(
    'total',
    `numbers: { value: { decimal: ',', thousands: '.' } },
    format: { delimiter: ';', trailer: { first: 'T' }, control: { count: 2, total: 3 } },`,
  ),
  newline: pipeline('newline', `format: { finalNewline: 'required' },`),
  usual: pipeline('usual', `expect: { rows: { atLeast: '50%' } },`),
  warned: pipeline('warned', `expect: { rows: { atLeast: 3, otherwise: 'warn' } },`),
  quiet: pipeline('quiet', `empty: 'ok',`),
  strict: pipeline('strict', `files: 'all',`),
  told: pipeline('told', `format: { extra: 'warn' },`),
});
world.write('m.csv', 'key,member_id\nm1,mem_1\nm2,mem_2\n');
await world.ferry(['members', 'import', 'm.csv', '--account', 'hang']);

let id = 0;
const row = (value: string, delimiter = ','): string =>
  [`t${++id}`, `m${(id % 2) + 1}`, value, '2026-05-01 10:00'].join(delimiter);
const file = (name: string, lines: readonly string[], end = '\n'): void => {
  world.write(`in/${name}`, `id,member,value,at\n${lines.join('\n')}${end}`);
};
const rows = (n: number): string[] => Array.from({ length: n }, () => row('1.00'));
const said = ({ files }: Summary): unknown[] => files.map(({ name, verdict, code }) => [name, verdict, code]);
const clear = (name: string): void => rmSync(path.join(world.folder, 'in', name), { force: true });

test('a control total is compared to the cent, as the amounts are written; damage leaves it open', async () => {
  const write = (name: string, lines: string[], trailer: string): void => {
    world.write(`in/${name}`, `id;member;value;at\n${lines.join('\n')}\n${trailer}\n`);
  };
  const lines = (): string[] => ['1.200,50', '0,50', '-1,00'].map((value) => row(value, ';'));
  write('total_1.csv', lines(), 'T;3;1.200,00');
  write('total_2.csv', lines(), 'T;3;1.200,01');
  write('total_3.csv', lines(), 'T;3;1,200.00');
  write('total_4.csv', [...lines(), 'x;y'], 'T;4;9.999,00');
  write('total_5.csv', lines(), 'T;4;1.200,00');
  const night = await world.summary(['run', 'total']);
  assert.deepEqual(said(night), [
    ['total_1.csv', 'staged', null],
    ['total_2.csv', 'refused', 'STAGE_TRAILER'],
    ['total_3.csv', 'refused', 'STAGE_TRAILER'],
    ['total_4.csv', 'staged', null],
    ['total_5.csv', 'refused', 'STAGE_TRAILER'],
  ]);
  const summary = runFile(world, 'total', 'summary.txt');
  assert.match(summary, /total_2.csv {2}STAGE_TRAILER the control total of its trailer is off by 0.01/);
  assert.match(summary, /total_3.csv {2}STAGE_TRAILER cell 3 of its trailer is no control total/);
  assert.equal(night.exitCode, 1);
});

test('a last line without its end is one rejected row where the sender always ends lines', async () => {
  file('newline_1.csv', [...rows(2), row('5.0')], '');
  const night = await world.summary(['run', 'newline']);
  assert.deepEqual(
    { read: night.rows.read, delivered: night.rows.delivered, rejected: night.rows.rejected },
    { read: 3, delivered: 2, rejected: 1 },
  );
  assert.deepEqual(
    night.errors.map(({ code }) => code),
    ['STAGE_TRUNCATED'],
  );
});

test('a file far shorter than usual is refused and left where it is, until a person says otherwise', async () => {
  for (const n of [1, 2, 3]) file(`usual_${n}.csv`, rows(10));
  assert.equal((await world.summary(['run', 'usual'])).rows.delivered, 30);
  file('usual_4.csv', rows(4));
  file('usual_5.csv', rows(5));
  const night = await world.summary(['run', 'usual']);
  assert.deepEqual(said(night), [
    ['usual_4.csv', 'refused', 'STAGE_FEW_ROWS'],
    ['usual_5.csv', 'staged', null],
  ]);
  assert.deepEqual({ exitCode: night.exitCode, read: night.rows.read }, { exitCode: 1, read: 5 });
  assert.match(runFile(world, 'usual', 'summary.txt'), /4 records; 10 are usual/);
  assert.equal(existsSync(path.join(world.folder, 'in/usual_4.csv')), true);
  const again = await world.summary(['run', 'usual']);
  assert.deepEqual({ exitCode: again.exitCode, read: again.rows.read }, { exitCode: 1, read: 0 });
  clear('usual_4.csv');
});

test('few rows may be no more than a warning, and so may columns that nobody uses', async () => {
  file('warned_1.csv', rows(2));
  const few = await world.ferry(['run', 'warned', '--json']);
  const night = JSON.parse(few.out) as Summary;
  assert.deepEqual({ code: few.code, delivered: night.rows.delivered }, { code: 0, delivered: 2 });
  assert.match(few.err, /2 records; the pipeline expects at least 3/);
  world.write('in/told_1.csv', `id,member,value,at,shoe size\n${row('1.00')},44\n`);
  const told = await world.ferry(['run', 'told']);
  assert.equal(told.code, 0);
  assert.match(told.err, /columns not used: "shoe size"/);
});

test('an empty file is 1, or 0 and put away where the pipeline expects that', async () => {
  world.write('in/quiet_1.csv', '');
  file('quiet_2.csv', [], '');
  const night = await world.summary(['run', 'quiet']);
  assert.deepEqual(
    [night.exitCode, said(night)],
    [
      0,
      [
        ['quiet_1.csv', 'empty', 'READ_EMPTY'],
        ['quiet_2.csv', 'empty', 'READ_EMPTY'],
      ],
    ],
  );
  assert.equal(existsSync(path.join(world.folder, 'in/done/quiet_2.csv')), true);
  assert.equal((await world.ferry(['run', 'quiet'])).code, 66);
  world.write('in/newline_2.csv', 'id,member,value,at\n');
  assert.equal((await world.summary(['run', 'newline'])).exitCode, 1);
});

test('all or none: one refused file stops the run before anything is sent; mended, the same run takes them all', async () => {
  file('strict_1.csv', rows(2));
  world.write('in/strict_2.csv', '<html>please log in</html>');
  file('strict_3.csv', rows(3));
  const before = (await world.admin.stats()).hang.requests;
  const stopped = await world.summary(['run', 'strict']);
  assert.deepEqual({ exitCode: stopped.exitCode, status: stopped.status }, { exitCode: 3, status: 'failed' });
  assert.equal((await world.admin.stats()).hang.requests, before);
  file('strict_2.csv', rows(1));
  const ran = await world.ferry(['run', 'strict', '--json']);
  const resumed = JSON.parse(ran.out) as Summary;
  assert.deepEqual(
    [resumed.run, resumed.exitCode, resumed.rows.delivered, said(resumed)],
    [
      stopped.run,
      0,
      6,
      [
        ['strict_1.csv', 'staged', null],
        ['strict_2.csv', 'staged', null],
        ['strict_3.csv', 'staged', null],
      ],
    ],
  );
});
