import assert from 'node:assert/strict';
import type { FieldValue } from '../../src/destinations/kind.ts';
import { concurrently } from '../world/concurrently.ts';
import { addRun, makePushWorld, type PushWorld, type Spec } from './support.ts';

const test = concurrently(4, import.meta.filename);

type Fields = Readonly<Record<string, FieldValue>>;

const member = (name: string, at: number, fields: Fields): Spec => ({
  member: name,
  at,
  fields,
  kind: 'hang.member',
});
const profile = (name: string, at: number, fields: Fields): Spec => ({
  member: name,
  at,
  fields: { profileId: name, ...fields },
  kind: 'fabric.member',
});

/** What was sent for a subject, in order: the contents of its effects. */
async function sentFor(world: PushWorld, subject: string): Promise<unknown[]> {
  return (await world.admin.effects({ subject })).map((effect) =>
    'content' in effect ? effect.content : null,
  );
}

const stateOf = async (world: PushWorld, operation: number | undefined): Promise<string | undefined> =>
  (
    await world.query<{ state: string }>('select state from pointferry.operation where id = $1', [operation])
  )[0]?.state;

test('A, B, A of one member in one run: three requests, the last one A', async (t) => {
  const world = await makePushWorld(t);
  await world.add([
    member('m1', 3, { first_name: 'A' }),
    member('m1', 1, { first_name: 'A' }),
    member('m1', 2, { first_name: 'B' }),
  ]);
  assert.equal((await world.push()).ended, 'drained');
  assert.deepEqual(
    (await sentFor(world, 'm1')).map((content) => JSON.stringify(content).match(/[AB](?=")/)?.[0]),
    ['A', 'B', 'A'],
  );
});

test('A, B, A on three nights: three requests', async (t) => {
  const world = await makePushWorld(t);
  for (const [night, value] of ['A', 'B', 'A'].entries()) {
    const run = night === 0 ? world.run : await addRun(world.db, world.account.name, `night${night}`);
    await world.add([member('m1', night, { first_name: value })], run);
    assert.equal((await world.push({ runs: [run] })).counts.delivered, 1);
  }
  assert.equal((await world.admin.effects()).length, 3);
});

test('a state that equals what was accepted is unchanged, raises the version, and sends nothing', async (t) => {
  const world = await makePushWorld(t);
  await world.add([member('m1', 1, { first_name: 'A', last_name: 'X' })]);
  await world.push();
  const run = await addRun(world.db, world.account.name, 'next');
  const [same] = await world.add([member('m1', 5, { last_name: 'X', first_name: 'A' })], run);
  const [older] = await world.add([member('m1', 3, { first_name: 'B' })], run);
  const result = await world.push({ runs: [run] });
  // the older one is claimed first and sent; then the other is a change again
  assert.equal(await stateOf(world, older), 'delivered');
  assert.equal(await stateOf(world, same), 'delivered');
  assert.equal(result.counts.sent, 2);
  const again = await addRun(world.db, world.account.name, 'again');
  const [third, late] = await world.add(
    [member('m1', 9, { first_name: 'A' }), member('m1', 11, { last_name: 'X' })],
    again,
  );
  const second = await world.push({ runs: [again] });
  assert.equal(second.counts.sent, 0);
  assert.equal(await stateOf(world, third), 'unchanged');
  assert.equal(await stateOf(world, late), 'unchanged');
  const overtaken = await addRun(world.db, world.account.name, 'overtaken');
  const [lost] = await world.add([member('m1', 8, { first_name: 'C' })], overtaken);
  await world.push({ runs: [overtaken] });
  assert.equal(await stateOf(world, lost), 'superseded');
});

test('an older version overwrites nothing newer, field by field', async (t) => {
  const world = await makePushWorld(t);
  await world.add([member('m1', 5, { first_name: 'new' })]);
  await world.push();
  const late = await addRun(world.db, world.account.name, 'late');
  const [partly] = await world.add([member('m1', 3, { first_name: 'old', last_name: 'old' })], late);
  const [wholly] = await world.add([member('m1', 2, { first_name: 'older' })], late);
  await world.push({ runs: [late] });
  assert.equal(await stateOf(world, partly), 'delivered');
  assert.equal(await stateOf(world, wholly), 'superseded');
  const now = await world.admin.hangMember('m1');
  assert.equal(now?.first_name, 'new');
  assert.equal(now?.last_name, 'old');
});

test('fields declared together are overtaken as one', async (t) => {
  const world = await makePushWorld(t, { platform: 'fabric' });
  const address = (city: string, postalCode: string): Fields => ({
    addressLine1: '1 Road',
    city,
    region: 'Texas',
    postalCode,
    country: 'United States',
  });
  await world.add([profile('p1', 5, address('Austin', '73301'))]);
  await world.push();
  const late = await addRun(world.db, world.account.name, 'late');
  const [op] = await world.add([profile('p1', 3, { ...address('Dallas', '73301'), firstName: 'Jo' })], late);
  await world.push({ runs: [late] });
  assert.equal(await stateOf(world, op), 'delivered');
  const stored = JSON.stringify(await world.admin.fabricMember('p1'));
  assert.match(stored, /Austin/);
  assert.match(stored, /Jo/);
  assert.doesNotMatch(stored, /Dallas/);
});

test('a full replacement has one version for all of it', async (t) => {
  const world = await makePushWorld(t, { platform: 'stickystreet' });
  const kind = 'stickystreet.program';
  const fields = (name: string): Fields => ({
    membership_program_name: name,
    membership_style: 'A',
    membership_time_range: '12',
    membership_time_unit: 'M',
    membership_campaigns_included: 'all',
  });
  await world.add([{ member: 'p1', at: 5, kind, fields: fields('New') }]);
  await world.push();
  const late = await addRun(world.db, world.account.name, 'late');
  const [op] = await world.add([{ member: 'p1', at: 3, kind, fields: fields('Old') }], late);
  await world.push({ runs: [late] });
  assert.equal(await stateOf(world, op), 'superseded');
});

test('after a send without a definite answer nothing is unchanged', async (t) => {
  const world = await makePushWorld(t);
  await world.add([member('m1', 1, { first_name: 'A' })]);
  await world.push();
  const second = await addRun(world.db, world.account.name, 'second');
  const [doubted] = await world.add([member('m1', 2, { first_name: 'B' })], second);
  await world.admin.setFaults([{ name: 'cut', do: { kind: 'cut', applied: true } }]);
  await world.push({ runs: [second], settings: { resends: 2 } });
  assert.equal(await stateOf(world, doubted), 'failed');
  await world.admin.setFaults([]);
  const third = await addRun(world.db, world.account.name, 'third');
  const [again] = await world.add([member('m1', 3, { first_name: 'A' })], third);
  await world.push({ runs: [third] });
  assert.equal(await stateOf(world, again), 'delivered');
  assert.equal((await world.admin.hangMember('m1'))?.first_name, 'A');
});

test('a state whose resend is refused has failed, and what it may have changed is sent again', async (t) => {
  const world = await makePushWorld(t);
  await world.add([member('m1', 1, { first_name: 'A' })]);
  await world.push();
  const second = await addRun(world.db, world.account.name, 'second');
  const [refused] = await world.add([member('m1', 2, { first_name: 'B' })], second);
  await world.admin.setFaults([
    { name: 'lost', nth: [1], do: { kind: 'cut', applied: true } },
    { name: 'no', nth: [2], do: { kind: 'status', status: 404 } },
  ]);
  await world.push({ runs: [second] });
  assert.equal(await stateOf(world, refused), 'failed');
  assert.equal((await world.admin.hangMember('m1'))?.first_name, 'B', 'applied all the same');
  const third = await addRun(world.db, world.account.name, 'third');
  const [again] = await world.add([member('m1', 3, { first_name: 'A' })], third);
  await world.push({ runs: [third] });
  assert.equal(await stateOf(world, again), 'delivered', 'not unchanged');
  assert.equal((await world.admin.hangMember('m1'))?.first_name, 'A');
});

test('after a definite refusal what was accepted before holds again', async (t) => {
  const world = await makePushWorld(t);
  await world.add([member('m1', 1, { first_name: 'A' })]);
  await world.push();
  const second = await addRun(world.db, world.account.name, 'second');
  const [refused] = await world.add([member('m1', 2, { first_name: 'B', phone: 'x' })], second);
  await world.push({ runs: [second] });
  assert.equal(await stateOf(world, refused), 'failed');
  const third = await addRun(world.db, world.account.name, 'third');
  const [again] = await world.add([member('m1', 3, { first_name: 'A' })], third);
  await world.push({ runs: [third] });
  assert.equal(await stateOf(world, again), 'unchanged');
});
