/** What ends with 70 or 78 names the file, the row or the setting that it is about; never a cell's value. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { Found } from '../../src/check/find.ts';
import { withClient } from '../../src/db/pool.ts';
import { requireUnderstood } from '../../src/flow/understood.ts';
import { inDollars, salesPipeline } from '../world/pipelines.ts';
import { makeWorld, writePipeline } from '../world/world.ts';

const profiles = (email: string) => `{
  account: 'hang', operation: 'hang.member', source: local('in/profiles_*.csv'), businessDate: { run: true },
  columns: { member: { from: 'member' }, email: ${email} },
}`;
const world = await makeWorld({
  profiles: profiles(`{ from: 'email' }`),
  sales: salesPipeline('sales', {
    source: `local('in/sales.csv')`,
    till: 'till',
    value: `{ from: 'value' }`,
    more: inDollars,
  }),
});
const inDatabase = (sql: string) => withClient(world.database.db, (client) => client.query(sql));
const members = Array.from({ length: 40 }, (_, n) => `m${n},m${n}@example.com`);

test('a row over which a statement of ours fails is named by file and line', async () => {
  await inDatabase(`create or replace function pointferry.email_of(t text) returns text
    language sql immutable parallel safe as $$ select case when t = 'm23@example.com' then (t || 'e9')::numeric::text else t end $$`);
  world.write('in/profiles_1.csv', `member,email\n${members.join('\n')}\n`);
  const ran = await world.ferry(['run', 'profiles', '--json']);
  assert.equal(ran.code, 70);
  assert.match(ran.err, /profiles_1\.csv, line 25 \(record 24\): .*\(22P02\)/);
  assert.doesNotMatch(ran.err, /m23@example/);
  const run = await inDatabase(`select stop_reason from pointferry.run`);
  assert.match(String(run.rows[0]?.stop_reason), /profiles_1\.csv, line 25/);
  const left = await inDatabase(
    `select from pg_class where relnamespace = 'pointferry_staging'::regnamespace and relname like '%fault%'`,
  );
  assert.equal(left.rowCount, 0, 'the search leaves no table behind');
});

test('a statement that fails while a file lands names the file', async () => {
  await inDatabase(`create or replace function pointferry.decimal_of(t text) returns numeric
    language sql immutable parallel safe as $$ select (t || 'e200000')::numeric $$`);
  world.write('in/sales.csv', 'id,member,value,at\na,m1,1.00,2026-05-01 10:00\n');
  const ran = await world.ferry(['run', 'sales']);
  assert.equal(ran.code, 70);
  assert.match(ran.err, /sales\.csv: .*\(22003\)/);
});

test('a day or a duration that is none is a wrong word of the command line', async () => {
  for (const words of [
    ['run', 'sales', '--date', '2026-02-31'],
    ['report', 'sales@2026-02-31'],
    ['report', 'sales@0000-01-01'],
    ['rerun', 'sales@last', '--since', '999999999d'],
  ]) {
    const ran = await world.ferry(words);
    assert.equal(ran.code, 64, ran.err);
  }
});

test('a pattern that PostgreSQL does not understand is a mistake of the pipeline: named, before there is a run', async () => {
  const runs = () => readdirSync(path.join(world.folder, '.pointferry/runs')).length;
  const before = runs();
  writePipeline(world, 'other', profiles(`{ from: 'email', clean: { replace: 'a(', with: '' } }`));
  for (const words of [
    ['run', 'other'],
    ['plan', 'other'],
    ['preview', 'other'],
  ]) {
    const ran = await world.ferry(words);
    assert.equal(ran.code, 78, ran.err);
    assert.match(ran.err, /other: columns\.email\.clean: "a\(" is not a regular expression of PostgreSQL/);
  }
  assert.equal(runs(), before);
});

const where = (pipeline: object): Promise<void> =>
  withClient(world.database.db, (client) =>
    requireUnderstood(client, { name: 'p', pipeline } as unknown as Found),
  );
for (const [said, pipeline] of [
  ['columns.at.zone: "Mars/Base"', { columns: { at: { from: 'a', zone: 'Mars/Base' } } }],
  [
    'columns.at.zone.map.X: "Mars/Base"',
    { columns: { at: { from: 'a', zone: { from: 'z', map: { X: 'Mars/Base' } } } } },
  ],
  ['businessDate.zone: "Mars/Base"', { columns: {}, businessDate: { run: true, zone: 'Mars/Base' } }],
  [
    'where.or.type.not.matches: "*"',
    { columns: {}, where: { or: [{ type: { not: { matches: '*' } } }, { a: { empty: true } }] } },
  ],
  [
    'identity.clean: "["',
    { columns: {}, identity: { columns: [{ from: 'id', clean: [{ replace: '[', with: '' }] }] } },
  ],
] as const) {
  test(`the server's own mind about ${said}`, async () => {
    await assert.rejects(where(pipeline), { code: 'CONFIG_INVALID', exitCode: 78 });
    await assert.rejects(where(pipeline), (error: Error) => error.message.includes(said));
  });
}
