/** An account that was renamed while its files lie in the inbox: nothing is sent a second time without a word of its own. */
import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { salesPipeline } from '../world/pipelines.ts';
import { makeWorld, writePipeline } from '../world/world.ts';

const sales = (account: string, till = 'till', more = ''): string =>
  salesPipeline('sales', {
    account,
    source: `local('in/sales.csv')`,
    till,
    value: `{ from: 'value' }`,
    more,
  });
const profiles = (account: string) => `{
  account: '${account}', operation: 'hang.member', source: local('in/profiles.csv'), businessDate: { run: true },
  columns: { member: { from: 'member' }, email: { from: 'email' } },
}`;

const world = await makeWorld({ sales: sales('hang'), profiles: profiles('hang') });
world.write('in/sales.csv', 'id,member,value,at\na,m1,1.00,2026-05-01 10:00\nb,m2,2.00,2026-05-01 10:00\n');
world.write('in/profiles.csv', 'member,email\nm1,a@example.com\nm2,b@example.com\n');

const accounts = path.join(world.folder, 'pipelines/accounts');
const rename = (from: string, to: string) =>
  renameSync(path.join(accounts, `${from}.ts`), path.join(accounts, `${to}.ts`));
const copy = (name: string) =>
  world.write(
    `pipelines/accounts/${name}.ts`,
    `import { defineAccount, env } from 'pointferry';
export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
  windows: [{ limit: 2000, per: '1s' }] });`,
  );
const effects = async () => (await world.admin.stats()).hang.requests;
const runs = () => readdirSync(path.join(world.folder, '.pointferry/runs')).length;
const decisions = async () =>
  (
    await withClient(world.database.db, (client) =>
      client.query(
        `select verb, account, actor, detail ->> 'other' as other from pointferry.decision order by id`,
      ),
    )
  ).rows;

for (const pipeline of ['sales', 'profiles']) {
  test(`${pipeline}: the first account sends`, async () => {
    assert.equal((await world.summary(['run', pipeline])).rows.delivered, 2);
  });
}

test('its file and the pipelines have another name now: refused before anything is sent or staged, --yes or not', async () => {
  rename('hang', 'hang-us');
  writePipeline(world, 'sales', sales('hang-us'));
  writePipeline(world, 'profiles', profiles('hang-us'));
  const [sent, folders] = [await effects(), runs()];
  for (const pipeline of ['sales', 'profiles']) {
    const refused = await world.ferry(['run', pipeline, '--yes']);
    assert.equal(refused.code, 78, refused.err);
    assert.match(
      refused.err,
      /CONFIG_ACCOUNT_RENAMED.*as account hang-us.*http:\/\/.* as account hang, last on/,
    );
    assert.match(refused.err, /next: .*account: 'hang' in .*--accept-new-account/);
  }
  assert.deepEqual([await effects(), runs()], [sent, folders]);
});

test('plan says so, with what would be sent', async () => {
  const planned = await world.ferry(['plan', 'sales']);
  assert.equal(planned.code, 78);
  assert.match(planned.out, /would send +2 /);
  assert.match(planned.out, /refused +CONFIG_ACCOUNT_RENAMED/);
  assert.equal(
    JSON.parse((await world.ferry(['plan', 'sales', '--json'])).out).refused,
    'CONFIG_ACCOUNT_RENAMED',
  );
});

test('under its old name all is known, and nothing is asked', async () => {
  rename('hang-us', 'hang');
  writePipeline(world, 'sales', sales('hang'));
  assert.equal((await world.ferry(['run', 'sales'])).code, 0);
});

test('account and pipeline renamed at once are seen by kind and source', async () => {
  rename('hang', 'hang-us');
  renameSync(path.join(world.folder, 'pipelines/sales.ts'), path.join(world.folder, 'pipelines/old.txt'));
  writePipeline(world, 'pos', sales('hang-us'));
  const sent = await effects();
  const refused = await world.ferry(['run', 'pos']);
  assert.equal(refused.code, 78, refused.err);
  assert.match(refused.err, /pos would send as account hang-us what sales has sent/);
  assert.equal(await effects(), sent);
});

test('an account that sent to another address is another one: from a sandbox to the platform itself', async () => {
  const sentTo = (origin: string) =>
    withClient(world.database.db, (client) =>
      client.query(`update pointferry.account set origin = $1 where name = 'hang' returning origin`, [
        origin,
      ]),
    );
  await sentTo('https://partner.example.com');
  assert.equal((await world.ferry(['plan', 'pos'])).code, 0);
  await sentTo('http://localhost');
  assert.equal((await world.ferry(['plan', 'pos'])).code, 78);
  await sentTo('http://127.0.0.1');
});

test('a person says that it is another account: sent, recorded, and asked for once', async () => {
  const sent = await effects();
  const accepted = await world.ferry(['run', 'pos', '--accept-new-account']);
  assert.equal(accepted.code, 0, accepted.err);
  assert.equal(await effects(), sent + 2);
  assert.deepEqual(await decisions(), [
    { verb: 'accept-new-account', account: 'hang-us', actor: 'test', other: 'hang' },
  ]);
  assert.equal((await world.ferry(['run', 'pos'])).code, 0);
});

test('a pipeline that goes back to an account it had before is asked about again', async () => {
  copy('hang');
  writePipeline(world, 'pos', sales('hang'));
  const refused = await world.ferry(['run', 'pos']);
  assert.equal(refused.code, 78, refused.err);
  assert.match(refused.err, /as account hang what pos has sent.* as account hang-us/);
  writePipeline(world, 'pos', sales('hang-us'));
});

test('an account beside another, with a pipeline of its own from the same source, is never asked about', async () => {
  copy('hang-eu');
  writePipeline(world, 'pos-eu', sales('hang-eu'));
  rename('hang', 'hang-old'); // nothing sends as hang any more, and sales is gone: its data are those of pos
  const asked = await world.ferry(['run', 'pos-eu']);
  assert.equal(asked.code, 78, asked.err);
  writePipeline(world, 'sales', sales('hang'));
  copy('hang');
  const beside = await world.ferry(['run', 'pos-eu']);
  assert.equal(beside.code, 0, beside.err);
  writePipeline(world, 'gifts', sales('hang-eu', 'gifts'));
  assert.equal((await world.ferry(['run', 'gifts'])).code, 0);
});
