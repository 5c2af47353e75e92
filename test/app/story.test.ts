/** The log tells a night's story at `info`, from an allow-list: no cell of a file is in it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { makeWorld } from '../world/world.ts';

const world = await makeWorld({
  sales: `{
    account: 'hang', operation: 'hang.activity', source: local('in/*.csv'),
    identity: { source: 'till', columns: ['id'] },
    columns: {
      member: { from: 'member' }, activity_type_id: { constant: 'purchase' },
      value: { from: 'value', as: 'decimal' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
  }`,
});

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

test('a run that reads, refuses, sends and ends tells so, in order', async () => {
  world.write(
    'in/a.csv',
    'id,member,value,at\nT1,mem_secret,1.00,2026-05-01 10:00\nT2,mem_other,x,2026-05-01 10:00\n',
  );
  world.write('in/b.csv', 'no,such,header\n1,2,3\n');
  const { code, err } = await world.ferry(['run', 'sales', '--log-level', 'info', '--log-format', 'json']);
  assert.equal(code, 1);
  const lines = err.split('\n').filter((line) => line.startsWith('{'));
  const story = lines.map((line) => {
    const { level: _level, time: _time, run: _run, bytes: _bytes, ...told } = JSON.parse(line) as Line;
    return told;
  });
  assert.deepEqual(story.slice(0, 4), [
    { pipeline: 'sales', account: 'hang', msg: 'run begins' },
    { file: 'a.csv', verdict: 'staged', rows: 2, msg: 'file read' },
    { file: 'b.csv', verdict: 'refused', rows: 0, code: 'STAGE_HEADER', msg: 'file read' },
    { files: 2, rows: 2, msg: 'files are staged' },
  ]);
  const [normalized, ...rest] = story.slice(4);
  assert.deepEqual(normalized, { operations: 1, msg: 'rows are normalized; push begins' });
  const ended = rest.at(-1);
  assert.deepEqual(
    { msg: ended?.msg, pipeline: ended?.pipeline, exitCode: ended?.exitCode },
    { msg: 'run ended', pipeline: 'sales', exitCode: 1 },
  );
  const books = (ended?.books ?? {}) as Record<string, number>;
  assert.deepEqual(
    { read: books.read, delivered: books.delivered, rejected: books.rejected },
    { read: 2, delivered: 1, rejected: 1 },
  );
  assert.doesNotMatch(err, /mem_secret|mem_other/);
});

test('at `warn`, which is the default, a good run says nothing', async () => {
  world.write('in/c.csv', 'id,member,value,at\nT3,mem_c,1.00,2026-05-01 10:00\n');
  const { err } = await world.ferry([
    'run',
    'sales',
    '--log-format',
    'json',
    '--file',
    `${world.folder}/in/c.csv`,
  ]);
  assert.deepEqual(
    err.split('\n').filter((line) => line.startsWith('{')),
    [],
  );
});
