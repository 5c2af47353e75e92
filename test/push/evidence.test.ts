/**
 * Answers are believed of the request that they answer, and of no other. A ledger that went back (a failover that lost its
 * last transactions, a backup put in place) hands the same numbers out again: of attempts, operations and owners.
 */
import assert from 'node:assert/strict';
import { type Settled, settle } from '../../src/push/answer/settle.ts';
import { settlementOf } from '../../src/push/answer/settlement.ts';
import { defaultSettings } from '../../src/push/settings.ts';
import type { Work } from '../../src/push/work/claim.ts';
import { concurrently } from '../world/concurrently.ts';
import { addRun, kinds, makePushWorld, many, type PushWorld } from './support.ts';

const test = concurrently(4, import.meta.filename);

interface Sent {
  readonly operation: number;
  readonly lane: number;
  readonly key: string;
  readonly attempt: number;
}

/** One operation that an owner is sending: its lane is taken, and its attempt open. */
async function sending(world: PushWorld, token: number, member: string): Promise<Sent> {
  const [operation = 0] = await world.add([{ member }]);
  const [row] = await world.query<{ lane: number; key: string }>(
    `update pointferry.operation set state = 'sending', sent_at = clock_timestamp() where id = $1 returning lane, key`,
    [operation],
  );
  await world.query('update pointferry.lane set in_flight = $1, token = $2 where id = $3', [
    operation,
    token,
    row?.lane,
  ]);
  const [attempt] = await world.query<{ id: number }>(
    `insert into pointferry.attempt (operation, revision, n, run, token, method, url, body_hash)
     values ($1, 0, 1, $2, $3, 'POST', 'http://127.0.0.1/', 'h') returning id`,
    [operation, world.run, token],
  );
  return { operation, lane: row?.lane ?? 0, key: row?.key ?? '', attempt: attempt?.id ?? 0 };
}

/** That it was delivered, as its sender says. */
function delivered(world: PushWorld, { operation, lane, key, attempt }: Sent): Settled {
  const kind = kinds.get('hang.activity');
  assert.ok(kind);
  const work: Work = {
    ...{ operation, lane, kind, key, run: world.run, subject: 'm', fields: {}, units: [] },
    ...{ doubtful: false, sendBy: Number.POSITIVE_INFINITY, budgeted: false, attempts: 0, resends: 0 },
  };
  const facts = { attempt, n: 1, httpStatus: 200, answer: null, ms: 1, by: world.run };
  const settlement = settlementOf(work, { outcome: 'delivered' }, facts, defaultSettings, () => 0);
  return { settlement, bad: null, probe: false, pauseMs: null, stop: null, works: true };
}

const settleAs = (world: PushWorld, token: number, batch: readonly Settled[]) =>
  settle(
    world.db,
    { account: world.account.name, token, ledger: uncounted, probeAfterMs: 1_000, lifting: null },
    batch,
  );
/** These tests move answers about by hand: no process stands behind them whose commits could be missed. */
const uncounted = { count: async () => ({ require() {}, done: async () => undefined }) };
const lateAnswers = (world: PushWorld) =>
  world.query<{ attempt: number; token: number; outcome: string }>(
    'select attempt, token, outcome from pointferry.late_answer order by id',
  );
const outcomes = async (world: PushWorld) =>
  (await world.query<{ outcome: string | null }>('select outcome from pointferry.attempt order by id')).map(
    (row) => row.outcome,
  );

test('an answer after its sender was fenced is kept with the attempt that it answers', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const taker = await world.owner();
  const ours = await sending(world, token, 'm1');
  await world.query('update pointferry.lane set token = $1', [taker.token]);
  const { settled } = await settleAs(world, token, [delivered(world, ours)]);
  assert.equal(settled.size, 0);
  assert.deepEqual(await lateAnswers(world), [{ attempt: ours.attempt, token, outcome: 'delivered' }]);
  assert.deepEqual(await outcomes(world), [null], 'the attempt is the new holder’s to close');
});

test('an answer whose attempt is not exactly ours is dropped: attempt, operation, token, key', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const other = await world.owner();
  const theirs = await sending(world, other.token, 'm1');
  const gone = await sending(world, token, 'm2');
  await world.query('delete from pointferry.attempt where id = $1', [gone.attempt]);
  await world.query(`update pointferry.lane set in_flight = null, token = null where id = $1`, [gone.lane]);
  const strangers: readonly Sent[] = [
    gone, // lost with the last transactions
    { ...gone, attempt: theirs.attempt }, // its number was given to another operation
    theirs, // to another owner
    { ...theirs, operation: gone.operation },
    { ...theirs, attempt: gone.attempt },
  ];
  for (const each of strangers)
    assert.equal((await settleAs(world, token, [delivered(world, each)])).settled.size, 0);
  // an owner's number that was given again: only the key tells the two apart
  const twin = { ...theirs, key: 'the key of what had this number before' };
  assert.equal((await settleAs(world, other.token, [delivered(world, twin)])).settled.size, 0);
  assert.deepEqual(await lateAnswers(world), []);
  assert.deepEqual(await outcomes(world), [null]);
  assert.deepEqual(await world.states(), { sending: 2 });
});

test('an attempt that was lost, of an operation that is still ours: it is settled, and no other attempt closed', async (t) => {
  const world = await makePushWorld(t);
  const { token } = await world.owner();
  const ours = await sending(world, token, 'm1');
  const other = await sending(world, token, 'm2');
  const { settled } = await settleAs(world, token, [delivered(world, { ...ours, attempt: other.attempt })]);
  assert.deepEqual([...settled], [ours.operation]);
  assert.deepEqual(await world.states(), { delivered: 1, sending: 1 });
  assert.deepEqual(await outcomes(world), [null, null]);
});

test('a late answer under another token says nothing of the attempt', async (t) => {
  const world = await makePushWorld(t);
  const dead = await world.owner();
  await sending(world, dead.token, 'm1');
  await world.query(
    `update pointferry.attempt set url = $1, headers = '{"Content-Type": "application/json"}',
       body = json_build_object('idempotency_key', (select key from pointferry.operation), 'activity',
         json_build_object('activity_type_id', 'purchase', 'value', '1.00', 'transaction_timestamp', 1700000000))`,
    [`${world.sandboxUrl}/partner-api/v2/program-memberships/m1/activities`],
  );
  await world.query(
    `insert into pointferry.late_answer (attempt, token, outcome) select id, token + 1000, 'delivered' from pointferry.attempt`,
  );
  await dead.end();
  assert.equal((await world.push()).counts.sent, 1);
  assert.deepEqual(await world.states(), { delivered: 1 });
});

test('the ledger went back while answers were awaited: another pipeline’s operations are not delivered by them', async (t) => {
  const world = await makePushWorld(t);
  const second = await addRun(world.db, world.account.name, 'second');
  await world.add(many(5, 5));
  const seconds = await world.add(
    Array.from({ length: 5 }, (_none, i) => ({ member: `n${i}` })),
    second,
  );
  await world.admin.setFaults([
    { name: 'slow', nth: [1, 2, 3, 4, 5], do: { kind: 'latency', ms: 2_000, when: 'after' } },
  ]);
  const first = await world.owner(4_500);
  const dead = await world.owner();
  // its answers come, and it finds itself fenced
  const pushing = world
    .push({ holder: first, settings: { requestDeadlineMs: 3_500 } })
    .catch(() => undefined);
  await world.admin.waitForEffects(5);
  // what a copy of the ledger from before the first request holds, once the second pipeline has sent from it and died
  await world.query('update pointferry.owner set fenced_at = now() where token = $1', [first.token]);
  await world.query('update pointferry.lane set in_flight = null, token = null');
  await world.query(`update pointferry.operation set state = 'ready', sent_at = null`);
  const numbers = await world.query<{ id: number }>('delete from pointferry.attempt returning id');
  await world.query(
    `insert into pointferry.attempt (id, operation, revision, n, run, token, method, url, headers, body, body_hash)
     overriding system value
     select w.id, o.id, 0, 1, o.run, $1, 'POST',
       format('%s/partner-api/v2/program-memberships/%s/activities', $2::text, o.subject), '{"Content-Type": "application/json"}',
       json_build_object('idempotency_key', o.key, 'activity',
         json_build_object('activity_type_id', 'purchase', 'value', '1.00', 'transaction_timestamp', 1700000000)), 'h'
     from unnest($3::bigint[], $4::bigint[]) as w (id, operation) join pointferry.operation o on o.id = w.operation`,
    [dead.token, world.sandboxUrl, numbers.map((row) => row.id), seconds],
  );
  await world.query(
    `update pointferry.operation set state = 'sending', sent_at = now() where id = any ($1::bigint[])`,
    [seconds],
  );
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o
     where o.lane = l.id and o.id = any ($2::bigint[])`,
    [dead.token, seconds],
  );
  await dead.end();
  await pushing;
  assert.deepEqual(await lateAnswers(world), []);
  assert.equal((await world.push({ runs: [world.run, second] })).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 10 });
  const { effects, repeated } = await world.admin.summary();
  assert.deepEqual({ effects, repeated }, { effects: 10, repeated: [] });
});
