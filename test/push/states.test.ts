import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldValue } from '../../src/destinations/kind.ts';
import { addRun, type House, type Spec, stand } from './support.ts';

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
async function sentFor(house: House, subject: string): Promise<unknown[]> {
  return (await house.admin.effects({ subject })).map((effect) =>
    'content' in effect ? effect.content : null,
  );
}

const stateOf = async (house: House, operation: number | undefined): Promise<string | undefined> =>
  (
    await house.query<{ state: string }>('select state from pointferry.operation where id = $1', [operation])
  )[0]?.state;

test('A, B, A of one member in one run: three requests, the last one A', async (t) => {
  const house = await stand(t);
  await house.add([
    member('m1', 3, { first_name: 'A' }),
    member('m1', 1, { first_name: 'A' }),
    member('m1', 2, { first_name: 'B' }),
  ]);
  assert.equal((await house.push()).ended, 'drained');
  assert.deepEqual(
    (await sentFor(house, 'm1')).map((content) => JSON.stringify(content).match(/[AB](?=")/)?.[0]),
    ['A', 'B', 'A'],
  );
});

test('A, B, A on three nights: three requests', async (t) => {
  const house = await stand(t);
  for (const [night, value] of ['A', 'B', 'A'].entries()) {
    const run = night === 0 ? house.run : await addRun(house.db, house.account.name, `night${night}`);
    await house.add([member('m1', night, { first_name: value })], run);
    assert.equal((await house.push({ runs: [run] })).counts.delivered, 1);
  }
  assert.equal((await house.admin.effects()).length, 3);
});

test('a state that equals what was accepted is unchanged, raises the version, and sends nothing', async (t) => {
  const house = await stand(t);
  await house.add([member('m1', 1, { first_name: 'A', last_name: 'X' })]);
  await house.push();
  const run = await addRun(house.db, house.account.name, 'next');
  const [same] = await house.add([member('m1', 5, { last_name: 'X', first_name: 'A' })], run);
  const [older] = await house.add([member('m1', 3, { first_name: 'B' })], run);
  const result = await house.push({ runs: [run] });
  // the older one is claimed first and sent; then the other is a change again
  assert.equal(await stateOf(house, older), 'delivered');
  assert.equal(await stateOf(house, same), 'delivered');
  assert.equal(result.counts.sent, 2);
  const again = await addRun(house.db, house.account.name, 'again');
  const [third, late] = await house.add(
    [member('m1', 9, { first_name: 'A' }), member('m1', 11, { last_name: 'X' })],
    again,
  );
  const second = await house.push({ runs: [again] });
  assert.equal(second.counts.sent, 0);
  assert.equal(await stateOf(house, third), 'unchanged');
  assert.equal(await stateOf(house, late), 'unchanged');
  const overtaken = await addRun(house.db, house.account.name, 'overtaken');
  const [lost] = await house.add([member('m1', 8, { first_name: 'C' })], overtaken);
  await house.push({ runs: [overtaken] });
  assert.equal(await stateOf(house, lost), 'superseded');
});

test('an older version overwrites nothing newer, field by field', async (t) => {
  const house = await stand(t);
  await house.add([member('m1', 5, { first_name: 'new' })]);
  await house.push();
  const late = await addRun(house.db, house.account.name, 'late');
  const [partly] = await house.add([member('m1', 3, { first_name: 'old', last_name: 'old' })], late);
  const [wholly] = await house.add([member('m1', 2, { first_name: 'older' })], late);
  await house.push({ runs: [late] });
  assert.equal(await stateOf(house, partly), 'delivered');
  assert.equal(await stateOf(house, wholly), 'superseded');
  const now = await house.admin.hangMember('m1');
  assert.equal(now?.first_name, 'new');
  assert.equal(now?.last_name, 'old');
});

test('fields declared together are overtaken as one', async (t) => {
  const house = await stand(t, { platform: 'fabric' });
  const address = (city: string, postalCode: string): Fields => ({
    addressLine1: '1 Road',
    city,
    region: 'Texas',
    postalCode,
    country: 'United States',
  });
  await house.add([profile('p1', 5, address('Austin', '73301'))]);
  await house.push();
  const late = await addRun(house.db, house.account.name, 'late');
  const [op] = await house.add([profile('p1', 3, { ...address('Dallas', '73301'), firstName: 'Jo' })], late);
  await house.push({ runs: [late] });
  assert.equal(await stateOf(house, op), 'delivered');
  const stored = JSON.stringify(await house.admin.fabricMember('p1'));
  assert.match(stored, /Austin/);
  assert.match(stored, /Jo/);
  assert.doesNotMatch(stored, /Dallas/);
});

test('a full replacement has one version for all of it', async (t) => {
  const house = await stand(t, { platform: 'stickystreet' });
  const kind = 'stickystreet.program';
  const fields = (name: string): Fields => ({
    membership_program_name: name,
    membership_style: 'A',
    membership_time_range: '12',
    membership_time_unit: 'M',
    membership_campaigns_included: 'all',
  });
  await house.add([{ member: 'p1', at: 5, kind, fields: fields('New') }]);
  await house.push();
  const late = await addRun(house.db, house.account.name, 'late');
  const [op] = await house.add([{ member: 'p1', at: 3, kind, fields: fields('Old') }], late);
  await house.push({ runs: [late] });
  assert.equal(await stateOf(house, op), 'superseded');
});

test('after a send without a definite answer nothing is unchanged', async (t) => {
  const house = await stand(t);
  await house.add([member('m1', 1, { first_name: 'A' })]);
  await house.push();
  const second = await addRun(house.db, house.account.name, 'second');
  const [doubted] = await house.add([member('m1', 2, { first_name: 'B' })], second);
  await house.admin.setFaults([{ name: 'cut', do: { kind: 'cut', applied: true } }]);
  await house.push({ runs: [second], settings: { resends: 2 } });
  assert.equal(await stateOf(house, doubted), 'failed');
  await house.admin.setFaults([]);
  const third = await addRun(house.db, house.account.name, 'third');
  const [again] = await house.add([member('m1', 3, { first_name: 'A' })], third);
  await house.push({ runs: [third] });
  assert.equal(await stateOf(house, again), 'delivered');
  assert.equal((await house.admin.hangMember('m1'))?.first_name, 'A');
});

test('a state whose resend is refused has failed, and what it may have changed is sent again', async (t) => {
  const house = await stand(t);
  await house.add([member('m1', 1, { first_name: 'A' })]);
  await house.push();
  const second = await addRun(house.db, house.account.name, 'second');
  const [refused] = await house.add([member('m1', 2, { first_name: 'B' })], second);
  await house.admin.setFaults([
    { name: 'lost', nth: [1], do: { kind: 'cut', applied: true } },
    { name: 'no', nth: [2], do: { kind: 'status', status: 404 } },
  ]);
  await house.push({ runs: [second] });
  assert.equal(await stateOf(house, refused), 'failed');
  assert.equal((await house.admin.hangMember('m1'))?.first_name, 'B', 'applied all the same');
  const third = await addRun(house.db, house.account.name, 'third');
  const [again] = await house.add([member('m1', 3, { first_name: 'A' })], third);
  await house.push({ runs: [third] });
  assert.equal(await stateOf(house, again), 'delivered', 'not unchanged');
  assert.equal((await house.admin.hangMember('m1'))?.first_name, 'A');
});

test('after a definite refusal what was accepted before holds again', async (t) => {
  const house = await stand(t);
  await house.add([member('m1', 1, { first_name: 'A' })]);
  await house.push();
  const second = await addRun(house.db, house.account.name, 'second');
  const [refused] = await house.add([member('m1', 2, { first_name: 'B', phone: 'x' })], second);
  await house.push({ runs: [second] });
  assert.equal(await stateOf(house, refused), 'failed');
  const third = await addRun(house.db, house.account.name, 'third');
  const [again] = await house.add([member('m1', 3, { first_name: 'A' })], third);
  await house.push({ runs: [third] });
  assert.equal(await stateOf(house, again), 'unchanged');
});
