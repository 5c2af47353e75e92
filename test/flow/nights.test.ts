import assert from 'node:assert/strict';
import test from 'node:test';
import { makeWorld, runFile } from '../world/world.ts';

const world = await makeWorld({
  sales: `{
    account: 'hang', operation: 'hang.activity', source: local('in/sales_*.csv'),
    businessDate: { fileName: 'sales_{yyyyMMdd}' },
    identity: { source: 'till', columns: ['id'] },
    columns: {
      member: { from: 'member', via: 'crosswalk' },
      activity_type_id: { constant: 'purchase' },
      value: { from: 'value', as: 'decimal' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
    amount: { from: 'value', currency: 'USD' },
  }`,
  members: `{
    account: 'hang', operation: 'hang.member', source: local('in/members_*.csv'),
    businessDate: { fileName: 'members_{yyyyMMdd}' },
    columns: { member: { from: 'member' }, email: { from: 'email' }, first_name: { from: 'name' } },
  }`,
});

const sale = (id: string, member: string, value: string) => `${id},${member},${value},2026-05-01 10:00\n`;
const sales = (...lines: string[]) => `id,member,value,at\n${lines.join('')}`;

test('a night is delivered, and the same file again, also under another name, sends nothing', async () => {
  world.write('members.csv', 'key,member_id\nm1,mem_1\nm2,mem_2\n');
  assert.equal((await world.ferry(['members', 'import', 'members.csv', '--account', 'hang'])).code, 0);
  const content = sales(sale('t1', 'm1', '10.50'), sale('t2', 'm2', '3.25'), sale('t3', 'm1', '0.00'));
  world.write('in/sales_20260501.csv', content);
  const night = await world.summary(['run', 'sales']);
  assert.deepEqual(
    {
      exitCode: night.exitCode,
      read: night.rows.read,
      delivered: night.rows.delivered,
      balanced: night.balanced,
    },
    { exitCode: 0, read: 3, delivered: 3, balanced: true },
  );
  assert.equal(night.amount?.USD?.delivered, '13.75');
  const before = (await world.admin.stats()).hang.requests;
  world.write('in/sales_20260502.csv', `${content}\n`);
  const again = await world.summary(['run', 'sales']);
  assert.deepEqual({ exitCode: again.exitCode, read: again.rows.read }, { exitCode: 0, read: 0 });
  assert.deepEqual(
    again.files.map((file) => [file.verdict, file.earlierRun]),
    [
      ['duplicate', night.run],
      ['duplicate', night.run],
    ],
  );
  assert.equal((await world.admin.stats()).hang.requests, before);
});

test('the same transactions in a file of other content are duplicates, and only the new one is sent', async () => {
  world.write(
    'in/sales_20260503.csv',
    sales(sale('t1', 'm1', '10.5'), sale('t2', 'm2', '3.25'), sale('t4', 'm2', '1')),
  );
  const night = await world.summary(['run', 'sales']);
  assert.deepEqual(
    { exitCode: night.exitCode, duplicate: night.rows.duplicate, delivered: night.rows.delivered },
    { exitCode: 0, duplicate: 2, delivered: 1 },
  );
  assert.equal((await world.admin.summary()).repeated.length, 0);
});

test('a value corrected after delivery is rejected with both amounts, exit 1, and never a duplicate', async () => {
  world.write('in/sales_20260504.csv', sales(sale('t1', 'm1', '12.50')));
  const night = await world.summary(['run', 'sales']);
  assert.deepEqual(
    { exitCode: night.exitCode, rejected: night.rows.rejected, duplicate: night.rows.duplicate },
    { exitCode: 1, rejected: 1, duplicate: 0 },
  );
  assert.deepEqual(
    night.errors.map((error) => error.code),
    ['NORMALIZE_CHANGED_AFTER_DELIVERY'],
  );
  const errors = runFile(world, 'sales', 'errors.csv');
  assert.match(errors, /12\.5/);
  assert.match(errors, /10\.5/);
});

test('a row whose member is not known waits, and goes when the member arrives, in the books of its own run', async () => {
  world.write('in/sales_20260505.csv', sales(sale('t9', 'm9', '7.00')));
  const waits = await world.summary(['run', 'sales']);
  assert.deepEqual({ exitCode: waits.exitCode, parked: waits.rows.parked }, { exitCode: 0, parked: 1 });
  world.write('late.csv', 'key,member_id\nm9,mem_9\n');
  await world.ferry(['members', 'import', 'late.csv', '--account', 'hang']);
  world.write('in/sales_20260506.csv', sales(sale('t10', 'm1', '1.00')));
  const next = await world.summary(['run', 'sales']);
  assert.deepEqual(
    { read: next.rows.read, rowsDelivered: next.rows.delivered, carriedDelivered: next.carried.delivered },
    { read: 1, rowsDelivered: 1, carriedDelivered: 1 },
  );
  const earlier = await world.summary(['report', waits.run]);
  assert.deepEqual(
    { parked: earlier.rows.parked, delivered: earlier.rows.delivered },
    { parked: 0, delivered: 1 },
  );
});

test('one member changed A, B, A on three nights: three requests, the last one A', async () => {
  const before = (await world.admin.stats()).hang.requests;
  for (const [night, email] of [
    ['20260601', 'a@example.com'],
    ['20260602', 'b@example.com'],
    ['20260603', 'a@example.com'],
  ] as const) {
    world.write(`in/members_${night}.csv`, `member,email,name\nmem_1,${email},Ann\n`);
    const summary = await world.summary(['run', 'members']);
    assert.deepEqual(
      { exitCode: summary.exitCode, delivered: summary.rows.delivered },
      { exitCode: 0, delivered: 1 },
    );
  }
  const effects = await world.admin.effects({ subject: 'mem_1' });
  const emails = effects.flatMap((effect) =>
    effect.content && 'email' in effect.content ? [effect.content.email] : [],
  );
  assert.deepEqual(emails, ['a@example.com', 'b@example.com', 'a@example.com']);
  assert.equal((await world.admin.stats()).hang.requests - before, 3);
});

test('a member whose row says what was last accepted is unchanged: no request', async () => {
  const before = (await world.admin.stats()).hang.requests;
  world.write('in/members_20260604.csv', 'member,email,name\nmem_1,a@example.com,Ann\n');
  const summary = await world.summary(['run', 'members']);
  assert.deepEqual(
    { exitCode: summary.exitCode, unchanged: summary.rows.unchanged },
    { exitCode: 0, unchanged: 1 },
  );
  assert.equal((await world.admin.stats()).hang.requests, before);
});

test('an older file that comes late does not overwrite a newer accepted value', async () => {
  world.write('in/members_20260530.csv', 'member,email,name\nmem_1,old@example.com,Ann\n');
  const summary = await world.summary(['run', 'members']);
  assert.deepEqual(
    { exitCode: summary.exitCode, duplicate: summary.rows.duplicate, delivered: summary.rows.delivered },
    { exitCode: 0, duplicate: 1, delivered: 0 },
  );
});

test('--limit sends so many and leaves the rest pending; the next run goes on with all of it', async () => {
  world.write('trial.csv', sales(sale('l1', 'm1', '1'), sale('l2', 'm2', '1'), sale('l3', 'm9', '1')));
  const trial = await world.summary(['run', 'sales', '--file', 'trial.csv', '--limit', '1']);
  assert.deepEqual(
    { exitCode: trial.exitCode, delivered: trial.rows.delivered, pending: trial.rows.pending },
    { exitCode: 4, delivered: 1, pending: 2 },
  );
  const rest = await world.summary(['resume', trial.run]);
  assert.deepEqual(
    { exitCode: rest.exitCode, delivered: rest.rows.delivered, pending: rest.rows.pending },
    { exitCode: 0, delivered: 3, pending: 0 },
  );
});

test('no file: 66 and no run folder; a missing file named by --file: 66', async () => {
  const none = await world.ferry(['run', 'sales', '--file', 'nowhere.csv']);
  assert.equal(none.code, 66, none.err);
  assert.match(none.err, /nowhere\.csv/);
});
