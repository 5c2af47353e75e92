import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSandbox } from '../../src/sandbox/server.ts';
import { openSandbox, sandboxProcess, temporaryFolder } from '../world/sandbox.ts';
import { activityBody, postActivity, seededHang } from './support.ts';

test('a kill -9 in the middle of traffic loses nothing that was answered, and applies nothing twice', async (t) => {
  const journal = join(await temporaryFolder(t), 'journal');
  const args = ['--journal', journal, '--auto-members'];
  const answered = new Set<string>();
  const rounds = 3;
  let sent = 0;
  for (let round = 0; round < rounds; round += 1) {
    const sandbox = await sandboxProcess(t, args);
    const keys = Array.from({ length: 400 }, (_, i) => `r${round}-${i}`);
    // Keys whose request died with the last process are sent again, as the importer would.
    const doubtful = Array.from({ length: round * 400 }, (_, i) => `r${Math.floor(i / 400)}-${i % 400}`);
    const queue = [...doubtful.filter((key) => !answered.has(key)), ...keys];
    const senders = Array.from({ length: 16 }, async () => {
      for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
        sent += 1;
        const reply = await postActivity(sandbox.url, key.slice(-1), activityBody(key)).catch(
          () => undefined,
        );
        if (reply === undefined) return;
        assert.equal(reply.status, 200);
        answered.add(key);
      }
    });
    const enough = round * 250 + 150;
    await sandbox.admin.waitForEffects(enough);
    await sandbox.end('SIGKILL');
    await Promise.all(senders);
  }
  await appendFile(journal, '{"n":99999,"at":"2026-01-01T00:00:00.000Z","type":"hang.act');
  const last = await sandboxProcess(t, args);
  const applied = (await last.admin.effects()).map((effect) => effect.identity ?? '');
  const { repeated, value } = await last.admin.summary();
  t.diagnostic(`${rounds} kills, ${sent} sent, ${answered.size} answered, ${applied.length} applied`);
  assert.deepEqual(repeated, []);
  assert.equal(value, String(applied.length * 50));
  for (const key of answered) assert.ok(applied.includes(key), `${key} was answered and is lost`);
  const members = await last.admin.hangMembers();
  assert.equal(
    members.reduce((sum, member) => sum + Number(member.balance), 0),
    applied.length * 50,
  );
  assert.equal(await last.end('SIGTERM'), 0);
  assert.ok((await readFile(journal, 'utf8')).endsWith('}\n'), 'the torn line is cut off');
});

test('members, programs, keys and exact numbers come back from the journal', async (t) => {
  const first = await openSandbox(t, {
    ...seededHang,
    seeds: {
      ...seededHang.seeds,
      fabric: { members: [{ profileId: 'p', fields: { customAttributes: { a: 'b' } } }] },
      stickystreet: { programs: [{ membership_program_id: '1', membership_program_name: 'One' }] },
    },
  });
  await postActivity(
    first.url,
    '12345',
    JSON.stringify(activityBody('k')).replace('"50"', '99999999999999999.99'),
  );
  const look = async ({ admin }: typeof first) => [
    await admin.effects(),
    await admin.hangMembers(),
    await admin.fabricMembers(),
    await admin.programs(),
  ];
  const before = await look(first);
  await first.close();
  const second = await openSandbox(t, { journal: first.journal, ...seededHang });
  assert.deepEqual(await look(second), before);
  assert.equal((await postActivity(second.url, '12345', activityBody('k'))).status, 200);
  assert.equal((await second.admin.summary()).value, '99999999999999999.99');
});

test('reset empties the state for good; numbering goes on', async (t) => {
  const first = await openSandbox(t, seededHang);
  await postActivity(first.url, '12345', activityBody('k'));
  await first.admin.reset();
  assert.deepEqual(
    { effects: await first.admin.effects(), hangMembers: await first.admin.hangMembers() },
    { effects: [], hangMembers: [] },
  );
  await first.close();
  const second = await openSandbox(t, { journal: first.journal });
  assert.deepEqual(await second.admin.hangMembers(), []);
  await second.admin.seed(seededHang.seeds);
  await postActivity(second.url, '12345', activityBody('k'));
  assert.deepEqual(
    (await second.admin.effects()).map((effect) => effect.n),
    [7],
  );
});

test('a whole line that is not JSON is refused with its number, not skipped', async (t) => {
  const journal = join(await temporaryFolder(t), 'journal');
  await writeFile(journal, '{"n":1,"at":"2026-01-01T00:00:00.000Z","type":"reset","subject":""}\nrubbish\n');
  await assert.rejects(startSandbox({ journal }), {
    name: 'PointferryError',
    code: 'CONFIG_INVALID',
    where: { file: journal, line: 2 },
  });
});

test('two sandboxes on one journal: the one that finds the other says so instead of answering', async (t) => {
  const first = await openSandbox(t, seededHang);
  const second = await startSandbox({ journal: first.journal });
  assert.equal((await postActivity(first.url, '12345', activityBody('a'))).status, 200);
  const reply = await postActivity(second.url, '12345', activityBody('b'));
  assert.equal(reply.status, 500);
  assert.match(reply.text, /another process writes/);
  await assert.rejects(second.close(), { code: 'CONFIG_INVALID' });
});
