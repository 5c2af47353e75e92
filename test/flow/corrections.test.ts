/** The same name with new content, the same content under a new name, and who may say that all of it is new. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { makeWorld, runFile } from '../world/world.ts';

const activity = (more: string) => `{
  account: 'hang', operation: 'hang.activity', ${more}
  columns: {
    member: { from: 'member', via: 'crosswalk' }, activity_type_id: { constant: 'purchase' },
    value: { from: 'value' }, transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
  },
  amount: { from: 'value', currency: 'USD' },
}`;
const world = await makeWorld({
  sales: activity(`source: local('in/sales_*.csv'), businessDate: { fileName: 'sales_{yyyyMMdd}' },
    identity: { source: 'till', columns: ['id'] }, where: { value: { not: 'void' } },`),
  overwritten: activity(`source: local('in/today.csv'), identity: { source: 'today', columns: ['id'] },`),
  keyless: activity(`source: local('in/bare_*.csv'), businessDate: { fileName: 'bare_{yyyyMMdd}' },
    identity: { source: 'bare', file: true },`),
  members: `{
    account: 'hang', operation: 'hang.member', source: local('in/members_*.csv'),
    businessDate: { fileName: 'members_{yyyyMMdd}' },
    columns: { member: { from: 'member' }, email: { from: 'email' }, first_name: { from: 'name' } },
  }`,
});
world.write('m.csv', 'key,member_id\nm1,mem_1\nm2,mem_2\nm3,mem_3\n');
await world.ferry(['members', 'import', 'm.csv', '--account', 'hang']);

const sales = (...lines: [id: string, member: string, value: string][]): string =>
  `id,member,value,at\n${lines.map((line) => `${line.join(',')},2026-05-01 10:00\n`).join('')}`;
const sent = async (): Promise<number> => (await world.admin.stats()).hang.requests;
const verdicts = (summary: { files: readonly { name: string; verdict: string }[] }, name: string): string[] =>
  summary.files.filter((file) => file.name === name).map((file) => file.verdict);

test('a corrected file: same rows are duplicates, changed ones rejected with both amounts, missing ones withdrawn', async () => {
  world.write(
    'in/sales_20260601.csv',
    sales(['a1', 'm1', '10.00'], ['a2', 'm2', '20.00'], ['a3', 'm3', '30.00'], ['a4', 'm1', '40.00']),
  );
  const first = await world.summary(['run', 'sales']);
  assert.deepEqual(
    { exitCode: first.exitCode, delivered: first.rows.delivered },
    { exitCode: 0, delivered: 4 },
  );
  const before = await sent();
  world.write(
    'in/sales_20260601.csv',
    sales(['a1', 'm1', '10.00'], ['a2', 'm2', '22.50'], ['a4', 'm1', 'void'], ['a5', 'm3', '5.00']),
  );
  const second = await world.summary(['run', 'sales']);
  const { read, duplicate, rejected, filtered, delivered } = second.rows;
  assert.deepEqual(
    { exitCode: second.exitCode, read, duplicate, rejected, filtered, delivered },
    { exitCode: 1, read: 4, duplicate: 1, rejected: 1, filtered: 1, delivered: 1 },
  );
  assert.equal((await sent()) - before, 1);
  assert.match(runFile(world, 'sales', 'errors.csv'), /sent with 20\.00, now 22\.50/);
  // a3 is gone; a4 stands there, filtered
  assert.deepEqual(
    second.files.map((file) => file.withdrawn ?? 0),
    [1],
  );
  const withdrawn = runFile(world, 'sales', 'withdrawn.csv');
  assert.match(withdrawn, /"a3","m3","30.00"/);
  assert.equal(withdrawn.trimEnd().split('\n').length, 2);
  assert.match(
    runFile(world, 'sales', 'summary.txt'),
    new RegExp(`1 row of ${first.run} it no longer holds`),
  );
  // a second correction names only what it leaves out itself
  world.write('in/sales_20260601.csv', sales(['a1', 'm1', '10.00'], ['a2', 'm2', '20.00']));
  const third = await world.summary(['run', 'sales']);
  assert.deepEqual(
    [third.exitCode, third.rows.duplicate, third.files.map((file) => file.withdrawn ?? 0)],
    [0, 2, [2]],
  );
  const later = runFile(world, 'sales', 'withdrawn.csv');
  assert.match(later, /"a4","m1","40.00"/);
  assert.match(later, /"a5","m3","5.00"/);
});

test('a partner who overwrites one name every night sends new files: nothing is withdrawn', async () => {
  world.write('in/today.csv', sales(['t1', 'm1', '1.00'], ['t2', 'm2', '2.00']));
  assert.equal((await world.summary(['run', 'overwritten'])).exitCode, 0);
  world.write('in/today.csv', sales(['t3', 'm1', '3.00']));
  const next = await world.summary(['run', 'overwritten', '--date', '2026-06-02']);
  assert.deepEqual(
    [next.exitCode, next.rows.delivered, next.files.map((file) => file.withdrawn ?? 0)],
    [0, 1, [0]],
  );
  world.write('in/today.csv', sales(['t4', 'm1', '3.00']));
  const same = await world.summary(['run', 'overwritten', '--date', '2026-06-02']);
  assert.deepEqual(
    [same.exitCode, same.rows.delivered, same.files.map((file) => file.withdrawn ?? 0)],
    [0, 1, [0]],
  );
});

test('without a natural key a correction is refused until a person says --as-new', async () => {
  world.write('in/bare_20260601.csv', sales(['x', 'm1', '1.00'], ['x', 'm1', '1.00']));
  const first = await world.summary(['run', 'keyless']);
  assert.deepEqual(
    { exitCode: first.exitCode, delivered: first.rows.delivered },
    { exitCode: 0, delivered: 2 },
  );
  const before = await sent();
  world.write('in/bare_20260601.csv', sales(['x', 'm1', '1.00'], ['x', 'm1', '2.00']));
  const refused = await world.summary(['run', 'keyless']);
  assert.deepEqual({ exitCode: refused.exitCode, read: refused.rows.read }, { exitCode: 1, read: 0 });
  assert.deepEqual(
    refused.files.map((file) => [file.verdict, file.code]),
    [['refused', 'STAGE_CORRECTION']],
  );
  assert.equal(await sent(), before);
  const said = runFile(world, 'keyless', 'summary.txt');
  assert.match(said, new RegExp(`run ${first.run} took it with other content[^]*--as-new`));
  const asNew = await world.summary(['run', 'keyless', '--as-new']);
  assert.deepEqual(
    { exitCode: asNew.exitCode, delivered: asNew.rows.delivered },
    { exitCode: 0, delivered: 2 },
  );
  assert.equal((await sent()) - before, 2);
  const again = await world.summary(['run', 'keyless']);
  assert.deepEqual(
    [again.exitCode, again.rows.read, verdicts(again, 'bare_20260601.csv')],
    [0, 0, ['duplicate']],
  );
});

test('a corrected file of states sends the difference, and members who left it are listed, not touched', async () => {
  const members = (...lines: string[]): string => `member,email,name\n${lines.join('\n')}\n`;
  world.write(
    'in/members_20260601.csv',
    members('mem_1,a@x.example,Ann', 'mem_2,b@x.example,Bob', 'mem_3,c@x.example,Cy'),
  );
  assert.equal((await world.summary(['run', 'members'])).rows.delivered, 3);
  const before = await sent();
  world.write('in/members_20260601.csv', members('mem_1,a@x.example,Ann', 'mem_2,bob@x.example,Bob'));
  const night = await world.summary(['run', 'members']);
  const { delivered, unchanged } = night.rows;
  assert.deepEqual(
    [night.exitCode, delivered, unchanged, night.files.map((file) => file.withdrawn ?? 0)],
    [0, 1, 1, [1]],
  );
  assert.equal((await sent()) - before, 1);
  assert.match(runFile(world, 'members', 'withdrawn.csv'), /"mem_3"/);
});

test("yesterday's file under today's name is a duplicate: nothing is read, nothing is sent", async () => {
  const before = await sent();
  world.write('in/sales_20260610.csv', `${sales(['d1', 'm1', '1.00'], ['d2', 'm2', '2.00'])}`);
  const first = await world.summary(['run', 'sales']);
  assert.equal(first.rows.delivered, 2);
  rmSync(path.join(world.folder, 'in/sales_20260610.csv'));
  world.write('in/sales_20260611.csv', `${sales(['d1', 'm1', '1.00'], ['d2', 'm2', '2.00'])}\r\n\n`);
  const second = await world.summary(['run', 'sales']);
  assert.deepEqual({ exitCode: second.exitCode, read: second.rows.read }, { exitCode: 0, read: 0 });
  const file = second.files.find(({ name }) => name === 'sales_20260611.csv');
  assert.deepEqual(
    { verdict: file?.verdict, earlierRun: file?.earlierRun },
    { verdict: 'duplicate', earlierRun: first.run },
  );
  assert.equal((await sent()) - before, 2);
  assert.equal(existsSync(path.join(world.folder, 'in/sales_20260611.csv')), true);
});
