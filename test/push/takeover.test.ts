import assert from 'node:assert/strict';
import { withClient } from '../../src/db/pool.ts';
import type { Owner } from '../../src/ledger/owner.ts';
import { type LedgerPlace, readPlace } from '../../src/ledger/position/position.ts';
import { concurrently } from '../world/concurrently.ts';
import { makePushWorld, many, type PushWorld } from './support.ts';

const test = concurrently(4, import.meta.filename);

test('what a dead owner held is taken over: claimed lanes are free, a request under way is in doubt and sent again', async (t) => {
  const world = await makePushWorld(t);
  const [sent, claimed] = await world.add([{ member: 'm1' }, { member: 'm2' }]);
  const dead = await world.owner();
  await dead.end();
  const { token } = dead;
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o where o.lane = l.id`,
    [token],
  );
  await world.query(
    `insert into pointferry.attempt (operation, revision, n, run, token, method, url, headers, body, body_hash)
     select id, revision, 1, run, $2, 'POST', $3, '{"content-type": "application/json"}', $4, 'h' from pointferry.operation where id = $1`,
    [
      sent,
      token,
      `${world.sandboxUrl}/partner-api/v2/program-memberships/m1/activities`,
      `{"idempotency_key":"KEY","activity":{"activity_type_id":"purchase","value":"9.75","transaction_timestamp":1778571360}}`,
    ],
  );
  await world.query(
    `update pointferry.attempt a set body = replace(body, 'KEY', o.key) from pointferry.operation o where o.id = a.operation`,
  );
  await world.query(
    `update pointferry.operation set state = 'sending', sent_at = clock_timestamp() where id = $1`,
    [sent],
  );
  const result = await world.push();
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 2 });
  const attempts = await world.query<{ operation: number; n: number; purpose: string; outcome: string }>(
    'select operation, n, purpose, outcome from pointferry.attempt order by operation, n',
  );
  assert.deepEqual(attempts, [
    { operation: sent, n: 1, purpose: 'send', outcome: 'doubt' },
    { operation: sent, n: 2, purpose: 'resend', outcome: 'delivered' },
    { operation: claimed, n: 1, purpose: 'send', outcome: 'delivered' },
  ]);
  // the stored bytes went out again, not what would be built today
  const values = (await world.admin.effects({ subject: 'm1' })).map((effect) => effect.content);
  assert.equal(values.length, 1);
  assert.equal((values[0] as { value: string }).value, '9.75');
});

test('a ledger that lost its last seconds under a push is outlived: what it forgot is sent again under its old key', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(12, 6));
  const holder = await world.owner(12_000);
  await goesBack(world, holder, 'select 1');
  const warnings: string[] = [];
  const result = await world.push({
    holder,
    hooks: { progress: (event) => event.event === 'warning' && warnings.push(event.words) },
  });
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 12 });
  assert.deepEqual((await world.admin.summary()).repeated, []);
  assert.match(warnings.join(), /went back by about \d s/);
  const decided = await world.query<{ verb: string }>('select verb from pointferry.decision');
  assert.deepEqual(decided, [{ verb: 'outlive-ledger' }]);
});

test('a push whose ledger lost more than seconds sends nothing, and says what to do', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(4, 4));
  const holder = await world.owner(400_000);
  await world.query('update pointferry.owner set beats = 1 where token = $1', [holder.token]);
  assert.equal(await holder.ledger.heard(await place(world, holder.token), holder.ledger.look()), null);
  await world.query('update pointferry.owner set beats = 0 where token = $1', [holder.token]);
  holder.ledger.outlive(true);
  assert.equal(
    await holder.ledger.heard(await place(world, holder.token), holder.ledger.look()),
    null,
    'the push is asked first',
  );
  await assert.rejects(world.push({ holder }), { code: 'LEDGER_WENT_BACK' });
  assert.ok(holder.lost.aborted);
  assert.deepEqual(await world.states(), { ready: 4 });
  assert.equal((await world.admin.summary()).effects, 0);
});

const place = (world: PushWorld, token: number): Promise<LedgerPlace> =>
  withClient(world.db, (client) => readPlace(client, [token]));

/** As a ledger is that lost the last moments: `forget` undoes them, and the last commits are not counted. */
async function goesBack(world: PushWorld, holder: Owner, forget: string): Promise<void> {
  holder.ledger.outlive(true); // as during a push: a sign of life in between leaves it to the push that follows
  await holder.ledger.keep();
  await world.query(forget);
  await world.query('update pointferry.owner set commits = commits - 1 where token = $1', [holder.token]);
}

const forgotten: Readonly<Record<string, string>> = {
  'its settlement': `with o as (update pointferry.operation set state = 'sending', settled_at = null, settled_by = null returning id, lane),
      a as (update pointferry.attempt set outcome = null, ended_at = null)
    update pointferry.lane l set in_flight = o.id, token = (select max(token) from pointferry.owner) from o where l.id = o.lane`,
  'its intent too': `with a as (delete from pointferry.attempt)
    update pointferry.operation set state = 'ready', sent_at = null, settled_at = null, settled_by = null`,
};
for (const [what, forget] of Object.entries(forgotten))
  test(`an event that was applied and of which the ledger lost ${what} is unknown when it is refused`, async (t) => {
    const world = await makePushWorld(t);
    const holder = await world.owner(12_000);
    await world.add(many(1, 1));
    await world.push({ holder });
    assert.deepEqual(await world.states(), { delivered: 1 });
    await goesBack(world, holder, forget);
    await world.admin.setFaults([{ name: 'no route', do: { kind: 'status', status: 404 } }]);
    await world.push({ holder });
    assert.deepEqual(await world.states(), { unknown: 1 });
    assert.equal((await world.admin.summary()).effects, 1);
  });

test('what a ledger has forgotten is not sent again to a platform that keeps no keys', async (t) => {
  const world = await makePushWorld(t);
  const holder = await world.owner(12_000);
  await world.add(many(1, 1));
  await world.push({ holder, keyRetentionMs: null });
  await goesBack(world, holder, forgotten['its intent too'] ?? '');
  assert.equal((await world.push({ holder, keyRetentionMs: null })).counts.sent, 0);
  assert.deepEqual(await world.states(), { unknown: 1 });
  assert.equal((await world.admin.summary()).effects, 1);
});

test('what a ledger has forgotten is in doubt for every process, also when its sender ends before it comes to it', async (t) => {
  const world = await makePushWorld(t);
  const holder = await world.owner(12_000);
  await world.add(many(1, 1));
  await world.push({ holder });
  await goesBack(world, holder, forgotten['its intent too'] ?? '');
  const stop = new AbortController();
  const progress = (event: { event: string }) => event.event === 'warning' && stop.abort();
  const stopped = await world.push({ holder, signal: stop.signal, hooks: { progress } });
  assert.deepEqual(
    { sent: stopped.counts.sent, states: await world.states() },
    { sent: 0, states: { ready: 1 } },
  );
  await holder.end();
  const next = await world.push({ keyRetentionMs: null });
  assert.deepEqual(
    { sent: next.counts.sent, states: await world.states() },
    { sent: 0, states: { unknown: 1 } },
  );
});

test('a doubt rests in the next push of the process too', async (t) => {
  const world = await makePushWorld(t);
  const holder = await world.owner();
  await world.add(many(1, 1));
  await world.admin.setFaults([{ name: 'lost', nth: [1], do: { kind: 'cut', applied: true } }]);
  const stop = new AbortController();
  const first = world.push({ holder, signal: stop.signal });
  await world.admin.waitForEffects(1);
  stop.abort();
  await first;
  assert.deepEqual(await world.states(), { in_doubt: 1 });
  await world.push({ holder });
  assert.deepEqual(await world.states(), { delivered: 1 });
  const [gap] = await world.query<{ ms: number }>(
    `select (extract(epoch from max(intended_at) - min(intended_at)) * 1000)::float8 as ms from pointferry.attempt`,
  );
  assert.ok((gap?.ms ?? 0) > 1_500, `${gap?.ms} ms`);
});
