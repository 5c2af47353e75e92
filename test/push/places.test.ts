/** Places in flight: who may have how many, and what p-limit makes of them. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '../../src/db/transaction.ts';
import { createInFlight } from '../../src/push/pace/in-flight.ts';
import { bookPlaces, leavePlaces, type PlacesRequest, shareOf } from '../../src/push/pace/places.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { type PushWorld, pushWorldAt } from './support.ts';

async function booth(t: TestContext): Promise<PushWorld> {
  const { db, url } = await cloneDatabase(t);
  return pushWorldAt(t, { db, url, sandboxUrl: 'http://127.0.0.1:9' });
}

const request = (world: PushWorld, token: number, more: Partial<PlacesRequest> = {}): PlacesRequest => ({
  account: world.account.name,
  token,
  maxInFlight: 4,
  used: 0,
  needed: 100,
  slowestMs: 60_000,
  ...more,
});

const book = (world: PushWorld, asked: PlacesRequest): Promise<number> =>
  inTransaction(world.db, (client) => bookPlaces(client, asked, 0));

const held = async (world: PushWorld): Promise<Record<string, number>> => {
  const rows = await world.query<{ token: number; n: number }>(
    'select token, count(*) as n from pointferry.place group by token order by token',
  );
  return Object.fromEntries(rows.map((row) => [row.token, row.n]));
};

test('equal parts; what does not divide goes to the first; with too few places each has its turn', () => {
  const shares = (maxInFlight: number, senders: number[], nowMs = 0): number[] =>
    senders.map((token) => shareOf(maxInFlight, senders, token, nowMs));
  assert.deepEqual(shares(4, [1]), [4]);
  assert.deepEqual(shares(4, [1, 2, 3]), [2, 1, 1]);
  assert.deepEqual(shares(3, [1, 2, 3]), [1, 1, 1]);
  const turns = [0, 3_000, 6_000].map((nowMs) => shares(2, [1, 2, 3], nowMs));
  assert.deepEqual(turns, [
    [1, 1, 0],
    [1, 0, 1],
    [0, 1, 1],
  ]);
});

test('a process alone has all places; who comes later gets a share as soon as the first needs no more than its own', async (t) => {
  const world = await booth(t);
  const [one, two] = [(await world.owner()).token, (await world.owner()).token];
  assert.equal(await book(world, request(world, one)), 4);
  assert.equal(await book(world, request(world, two)), 0, 'all are taken');
  assert.equal(
    await book(world, request(world, one, { used: 4 })),
    2,
    'it uses 4, and may use 2 from now on',
  );
  assert.deepEqual(await held(world), { [one]: 4 }, 'those in use stay its own');
  assert.equal(await book(world, request(world, one, { used: 3 })), 2);
  assert.equal(await book(world, request(world, two)), 1);
  assert.deepEqual(await held(world), { [one]: 3, [two]: 1 });
  await leavePlaces(world.db, world.account.name, one);
  assert.equal(await book(world, request(world, two, { used: 1 })), 4);
});

test('no more places are taken than there is something to send at', async (t) => {
  const world = await booth(t);
  const { token } = await world.owner();
  assert.equal(await book(world, request(world, token, { needed: 1 })), 1);
  assert.deepEqual(await held(world), { [token]: 1 });
});

test('places of a process that was fenced come free when its answers can be expected to be there', async (t) => {
  const world = await booth(t);
  const [dead, living] = [(await world.owner()).token, (await world.owner()).token];
  await book(world, request(world, dead, { slowestMs: 200 }));
  await world.query('update pointferry.owner set fenced_at = clock_timestamp() where token = $1', [dead]);
  assert.equal(await book(world, request(world, living)), 0, 'its requests may still be at work');
  await sleep(250);
  assert.equal(await book(world, request(world, living)), 4);
  assert.deepEqual(await held(world), { [living]: 4 });
});

test('places of a process that ended in order, or was fenced in a time that is yet to come, are free', async (t) => {
  const world = await booth(t);
  const ended = await world.owner();
  const { token } = await world.owner();
  await book(world, request(world, ended.token, { needed: 2 }));
  await ended.end();
  assert.equal(await book(world, request(world, token)), 4);
  await world.query(
    `update pointferry.owner set fenced_at = clock_timestamp() + interval '1 hour' where token = $1`,
    [token],
  );
  const { token: other } = await world.owner();
  assert.equal(await book(world, request(world, other)), 4, 'the clock was set back');
});

test('the ledger refuses two holders of one place, a place without a sender, and a sender that is no process', async (t) => {
  const world = await booth(t);
  const [one, two] = [(await world.owner()).token, (await world.owner()).token];
  const { name } = world.account;
  for (const token of [one, two])
    await world.query('insert into pointferry.sender values ($1, $2, 100)', [name, token]);
  const place = (token: number, number: number): Promise<unknown> =>
    world.query('insert into pointferry.place (account, number, token) values ($1, $2, $3)', [
      name,
      number,
      token,
    ]);
  await place(one, 1);
  await assert.rejects(place(two, 1), /place_pkey/);
  await assert.rejects(place(two, 0), /place_number_check/);
  await assert.rejects(place(9_999, 2), /foreign key/);
  await assert.rejects(
    world.query('insert into pointferry.sender values ($1, 9999, 100)', [name]),
    /foreign key/,
  );
});

interface Flight {
  readonly name: number;
  readonly answer: () => void;
}

/** Requests that are answered when the test says so. */
function flights(count: number) {
  const inFlight = createInFlight<number>();
  const left: Flight[] = [];
  for (let name = 0; name < count; name++)
    inFlight.add(name, () => new Promise<void>((resolve) => left.push({ name, answer: resolve })));
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  /** As many slots as there are requests, and more. */
  const slots = async (): Promise<number> => {
    await settled();
    let used = 0;
    for (let i = 0; i < 2 * count; i++) if (inFlight.leave(false)) used += 1;
    await settled();
    return used;
  };
  return { inFlight, left, slots, settled };
}

test('no request leaves without a place, and each leaves once it has one, in order', async () => {
  const { inFlight, left, slots, settled } = flights(6);
  assert.equal(await slots(), 0, 'no place was booked');
  inFlight.setPlaces(2);
  assert.equal(await slots(), 2);
  assert.equal(inFlight.count(), 2);
  left[0]?.answer();
  await settled();
  assert.equal(await slots(), 1);
  assert.deepEqual(
    left.map((flight) => flight.name),
    [0, 1, 2],
  );
  assert.equal(inFlight.waiting(), 3);
});

test('fewer places: those in flight go on, and none leaves before there is room', async () => {
  const { inFlight, left, slots, settled } = flights(8);
  inFlight.setPlaces(3);
  assert.equal(await slots(), 3);
  inFlight.setPlaces(1);
  for (const flight of left.slice(0, 2)) flight.answer();
  assert.equal(await slots(), 0, 'one is still in flight');
  left[2]?.answer();
  await settled();
  assert.equal(await slots(), 1);
  inFlight.setPlaces(0);
  left[3]?.answer();
  assert.equal(await slots(), 0);
  inFlight.setPlaces(4);
  assert.equal(await slots(), 4);
});

test('places that wait for a moment are given back with what was armed', async () => {
  const { inFlight, left, slots } = flights(5);
  inFlight.setPlaces(2);
  assert.equal(await slots(), 2);
  assert.deepEqual(inFlight.withdraw(), [2, 3, 4]);
  for (const flight of left.splice(0)) flight.answer();
  assert.equal(await slots(), 0);
  for (const name of [7, 8, 9])
    inFlight.add(name, async () => void left.push({ name, answer: () => undefined }));
  assert.equal(await slots(), 2, 'two at a time');
  assert.equal(await slots(), 1);
  await inFlight.answered();
  assert.equal(inFlight.count(), 0);
});
