import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { makeWorld, runFile, type Summary, shortDeadline } from '../world/world.ts';

const world = await makeWorld(
  {
    sales: `{
    account: 'forgetful', operation: 'hang.activity', source: local('in/sales_*.csv'),
    identity: { source: 'till', columns: ['id'] }, group: { by: 'id' },
    columns: {
      member: { from: 'member' }, activity_type_id: { constant: 'purchase' },
      value: { sum: 'value', as: 'decimal' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
    amount: { from: 'value', currency: 'USD' },
  }`,
    members: `{
    account: 'hang', operation: 'hang.member', source: local('in/members_*.csv'),
    businessDate: { fileName: 'members_{yyyyMMdd}' },
    columns: { member: { from: 'member' }, email: { from: 'email' }, first_name: { from: 'name' } },
  }`,
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

let nights = 0;
/** A night of one transaction of two rows whose answer is lost. */
async function lostNight(
  id: string,
  member: string,
  applied: boolean,
): Promise<{ run: string; row: string }> {
  await world.admin.setFaults([
    { route: 'hang.activity', subject: member, count: 1, do: { kind: 'cut', applied } },
  ]);
  nights += 1;
  world.write(
    `in/sales_${nights}.csv`,
    `id,member,value,at\n${id},${member},1.50,2026-05-01 10:00\n${id},${member},2.00,2026-05-01 10:00\n`,
  );
  const night = await world.summary(['run', 'sales']);
  assert.deepEqual(
    { exitCode: night.exitCode, unknown: night.rows.unknown },
    { exitCode: 1, unknown: 2 },
    JSON.stringify(night.rows),
  );
  const line = runFile(world, 'sales', 'errors.csv').split('\r\n')[1] ?? '';
  return { run: night.run, row: /"(\d+-\d+)"/.exec(line)?.[1] ?? '' };
}
const effectsOf = async (subject: string) => (await world.admin.effects({ subject })).length;

test('settled as delivered: the whole transaction is done, the books and the exit code of its run say so', async () => {
  const { run, row } = await lostNight('a1', 'mem_a', true);
  const words = ['settle', run, '--row', row, '--as', 'delivered', '--note', 'seen in their console'];
  const look = await world.ferry([...words, '--dry-run']);
  assert.match(
    look.out,
    /1 transaction \(2 rows\) of r\w+ would be delivered, by test: seen in their console/,
  );
  assert.equal((await world.summary(['report', run])).rows.unknown, 2, 'a dry run changes nothing');
  const done = await world.ferry(words);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /shares its transaction with 1 more/);
  const after = JSON.parse(runFile(world, 'sales', 'summary.json'));
  assert.deepEqual(
    {
      delivered: after.rows.delivered,
      unknown: after.rows.unknown,
      exitCode: after.exitCode,
      status: after.status,
      balanced: after.balanced,
      next: after.next,
    },
    { delivered: 2, unknown: 0, exitCode: 0, status: 'completed', balanced: true, next: null },
  );
  assert.equal(after.amount.USD.delivered, '3.50');
  assert.equal(await effectsOf('mem_a'), 1);
  const { rows } = await withClient(world.database.db, (client) =>
    client.query<{ actor: string; note: string; detail: { as: string; rows: number } }>(
      `select actor, note, detail from pointferry.decision where verb = 'settle'`,
    ),
  );
  assert.deepEqual(
    rows.map(({ actor, note, detail }) => [actor, note, detail.as, detail.rows]),
    [['test', 'seen in their console', 'delivered', 2]],
  );
  const again = await world.ferry(words);
  assert.equal(again.code, 64, 'what is settled is settled once');
});

test('settled as failed: the rows want a person, and are not unknown any more', async () => {
  const { run } = await lostNight('b1', 'mem_b', false);
  const done = await world.ferry(['settle', run, '--group', '1', '--as', 'failed', '--note', 'not there']);
  assert.equal(done.code, 0, done.err);
  const after = JSON.parse(runFile(world, 'sales', 'summary.json'));
  assert.deepEqual(
    { failed: after.rows.failed, unknown: after.rows.unknown, exitCode: after.exitCode },
    { failed: 2, unknown: 0, exitCode: 1 },
  );
  assert.match(runFile(world, 'sales', 'errors.csv'), /PUSH_OUTCOME_UNKNOWN.*failed, as test says/);
  assert.equal(await effectsOf('mem_b'), 0);
});

test('settled as retry: the stored bytes go out once more under the same key, and nothing is applied twice', async () => {
  const { run, row } = await lostNight('c1', 'mem_c', true);
  const done = await world.ferry(['settle', run, '--row', row, '--as', 'retry', '--note', 'they say: again']);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, new RegExp(`pointferry resume ${run}`));
  const waiting = JSON.parse(runFile(world, 'sales', 'summary.json'));
  assert.deepEqual(
    { pending: waiting.rows.pending, status: waiting.status, exitCode: waiting.exitCode },
    { pending: 2, status: 'interrupted', exitCode: 4 },
  );
  const resumed = await world.summary(['resume', run]);
  assert.deepEqual(
    { exitCode: resumed.exitCode, delivered: resumed.rows.delivered },
    { exitCode: 0, delivered: 2 },
  );
  assert.equal(await effectsOf('mem_c'), 1);
  const { rows } = await withClient(world.database.db, (client) =>
    client.query<{ purpose: string; hashes: number }>(
      `select string_agg(purpose, ',' order by n) as purpose, count(distinct body_hash) as hashes
         from pointferry.attempt a join pointferry.operation o on o.id = a.operation
        where o.subject = 'mem_c'`,
    ),
  );
  assert.deepEqual(rows, [{ purpose: 'send,resend', hashes: 1 }]);
});

test('a retry whose answer is lost as well is unknown again', async () => {
  const { run, row } = await lostNight('d1', 'mem_d', true);
  await world.ferry(['settle', run, '--row', row, '--as', 'retry', '--note', 'again']);
  await world.admin.setFaults([{ subject: 'mem_d', count: 1, do: { kind: 'cut', applied: true } }]);
  const resumed = await world.summary(['resume', run]);
  assert.deepEqual(
    { exitCode: resumed.exitCode, unknown: resumed.rows.unknown },
    { exitCode: 1, unknown: 2 },
  );
  assert.equal(await effectsOf('mem_d'), 1);
});

test('what is not understood is usage: 64', async () => {
  for (const words of [
    ['--row', '1-1', '--as', 'maybe', '--note', 'x'],
    ['--row', '1-1', '--as', 'failed'],
    ['--as', 'failed', '--note', 'x'],
    ['--row', 'first', '--as', 'failed', '--note', 'x'],
    ['--group', '99', '--as', 'failed', '--note', 'x'],
  ])
    assert.equal((await world.ferry(['settle', 'sales@last', ...words])).code, 64, words.join(' '));
});

test('of a state: settled as delivered its values are accepted ones, as retry they are sent again', async () => {
  const member = (day: string, email: string): Promise<Summary> => {
    world.write(`in/members_202606${day}.csv`, `member,email,name\nmem_s,${email},Ann\n`);
    return world.summary(['run', 'members']);
  };
  const first = await member('01', 'a@example.com');
  assert.equal(first.rows.delivered, 1);
  // nobody can make a state unknown from outside: a send of it is repeated until it is answered, or given up
  const forget = () =>
    withClient(world.database.db, async (client) => {
      await client.query(
        `update pointferry.operation set state = 'unknown', code = 'PUSH_OUTCOME_UNKNOWN', settled_by = null where subject = 'mem_s' and state = 'delivered'`,
      );
      await client.query(
        `update pointferry.accepted set value_hash = 'older', version_at = '2020-01-01', forgotten_by = (select max(id) from pointferry.operation where subject = 'mem_s')`,
      );
      await client.query(
        `insert into pointferry.error_group (run, number, code) values ($1, 1, 'PUSH_OUTCOME_UNKNOWN') on conflict do nothing`,
        [first.run],
      );
    });
  await forget();
  const settle = (as: string) =>
    world.ferry(['settle', first.run, '--group', '1', '--as', as, '--note', 'looked']);
  assert.equal((await settle('delivered')).code, 0);
  assert.equal((await member('02', 'a@example.com')).rows.unchanged, 1, 'it equals what was accepted');
  await forget();
  assert.equal((await settle('retry')).code, 0);
  const before = (await world.admin.stats()).hang.requests;
  const resumed = await world.summary(['resume', first.run]);
  assert.deepEqual(
    { exitCode: resumed.exitCode, delivered: resumed.rows.delivered },
    { exitCode: 0, delivered: 1 },
  );
  assert.equal((await world.admin.stats()).hang.requests, before + 1);
  assert.equal((await member('03', 'a@example.com')).rows.unchanged, 1);
});
