import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openSandbox } from '../world/sandbox.ts';
import { activityBody, ask, postActivity, seededHang } from './support.ts';

test('waiting for effects or requests ends when they are there, and fails when the time is over', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const both = admin.waitForEffects(2, { subject: '12345', type: 'hang.activity' });
  const three = admin.waitForRequests(3);
  await postActivity(url, '12345', activityBody('a'));
  await postActivity(url, 'm2', activityBody('a'));
  await postActivity(url, '12345', activityBody('b'));
  assert.equal(await both, 2);
  assert.equal(await three, 3);
  await assert.rejects(admin.waitForEffects(4, { timeoutMs: 20 }), /waited for 4, there are 3/);
});

test('effects are listed, filtered, and summed by member', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  for (const [member, key, value] of [
    ['12345', 'a', '0.10'],
    ['12345', 'b', '0.20'],
    ['m2', 'a', '1e0'],
  ] as const)
    await postActivity(
      url,
      member,
      JSON.stringify(activityBody(key)).replace('"50"', value.includes('e') ? value : `"${value}"`),
    );
  assert.deepEqual(await admin.summary(), {
    effects: 3,
    byType: { 'hang.activity': 3 },
    value: '1.3',
    identities: 3,
    repeated: [],
    subjects: { '12345': { effects: 2, value: '0.3' }, m2: { effects: 1, value: '1' } },
  });
  assert.equal((await admin.effects({ identity: 'a' })).length, 2);
  assert.equal((await admin.effects({ platform: 'fabric' })).length, 0);
  const [first] = await admin.effects({ limit: 1 });
  assert.equal((await admin.effects({ after: first?.n ?? 0 })).length, 2);
});

test('seeding adds what is not there and leaves the rest alone', async (t) => {
  const { admin } = await openSandbox(t, seededHang);
  const seeds = {
    hang: {
      members: [
        { id: '12345', first_name: 'x' },
        { id: 'new', phone: '+15555551234' },
      ],
      activityTypes: [{ id: 'a', points_per_unit: '2' }],
    },
    fabric: { members: [{ profileId: 'p' }] },
    stickystreet: { programs: [{ membership_program_id: '1' }] },
  };
  assert.deepEqual(await admin.seed(seeds), { added: 4, known: 1 });
  assert.deepEqual(await admin.seed(seeds), { added: 0, known: 5 });
  assert.equal((await admin.hangMember('12345'))?.first_name, null);
  assert.equal((await admin.hangMember('new'))?.phone, '+15555551234');
  assert.equal(await admin.hangMember('nobody'), undefined);
  assert.equal((await admin.fabricMember('p'))?.profileId, 'p');
  await assert.rejects(admin.seed({ hang: { members: [{ id: '' }] } }), /400/);
});

test('what stands nowhere is 404, also under /_admin/', async (t) => {
  const { url, admin } = await openSandbox(t);
  assert.equal((await ask(`${url}/partner-api`)).status, 404);
  assert.equal((await ask(`${url}/_admin/nothing`)).status, 404);
  assert.equal((await admin.health()).ok, true);
});

test('an idle connection can be ended without a hint, as servers behind stale-connection trouble do', async (t) => {
  const { url } = await openSandbox(t, { keepAlive: { idleMs: 30, hint: false } });
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  let got = '';
  socket.on('data', (chunk: string) => {
    got += chunk;
  });
  socket.write('GET /_admin/health HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'close');
  assert.match(got, /connection: keep-alive/i);
  assert.doesNotMatch(got, /keep-alive: timeout/i);
});
