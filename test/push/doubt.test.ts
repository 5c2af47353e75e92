import assert from 'node:assert/strict';
import type { Fault } from '../../src/sandbox/faults.ts';
import { concurrently } from '../world/concurrently.ts';
import { addRun, kinds, makePushWorld, many, type PushWorld } from './support.ts';

const test = concurrently(4, import.meta.filename);

const lost: readonly (readonly [string, Fault['do']])[] = [
  ['applied, then cut', { kind: 'cut', applied: true }],
  ['cut before it was applied', { kind: 'cut', applied: false }],
  ['applied, then reset', { kind: 'cut', applied: true, reset: true }],
  ['applied, and no answer in time', { kind: 'silence', applied: true }],
  ['a 500 that had applied', { kind: 'status', status: 500, applied: true }],
  ['half of the JSON', { kind: 'malformed' }],
  ['half of what was announced', { kind: 'truncated' }],
  ['an empty 200', { kind: 'empty' }],
  ['a login page', { kind: 'html' }],
  ['a dripping body', { kind: 'drip', everyMs: 200, bytes: 1 }],
  ['a huge body', { kind: 'huge', bytes: 3_000_000 }],
];

for (const [words, fault] of lost) {
  test(`${words}: the same bytes under the same key again, one effect`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(6, 3));
    await world.admin.setFaults([{ name: 'lost', nth: [2, 5], do: fault }]);
    const result = await world.push({ settings: { requestDeadlineMs: 3_000 } });
    assert.equal(result.ended, 'drained');
    assert.deepEqual(await world.states(), { delivered: 6 });
    assert.equal((await world.admin.effects()).length, 6);
    assert.deepEqual((await world.admin.summary()).repeated, []);
    const bodies = await world.query<{ bodies: number; attempts: number }>(
      `select count(distinct body_hash) as bodies, count(*) as attempts from pointferry.attempt
       group by operation having count(*) > 1`,
    );
    // a resend may itself be the fifth request
    assert.equal(
      bodies.reduce((sum, each) => sum + each.attempts - 1, 0),
      2,
    );
    for (const each of bodies) assert.equal(each.bodies, 1);
  });
}

test('an event whose resends run out is unknown, and never failed; its lane goes on', async (t) => {
  const world = await makePushWorld(t);
  const [first] = await world.add([{ member: 'm1' }, { member: 'm1' }]);
  await world.admin.setFaults([{ name: 'lost', count: 4, do: { kind: 'cut', applied: true } }]);
  const result = await world.push({ settings: { resends: 3, probeAfterMs: 50 } });
  assert.equal(result.ended, 'drained');
  const [row] = await world.query<{ state: string; code: string }>(
    'select state, code from pointferry.operation where id = $1',
    [first],
  );
  assert.deepEqual(row, { state: 'unknown', code: 'PUSH_OUTCOME_UNKNOWN' });
  assert.deepEqual(await world.states(), { delivered: 1, unknown: 1 });
});

interface Outcome {
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly http_status: number | null;
  readonly platform_code: string | null;
}
const outcomes = (world: PushWorld): Promise<Outcome[]> =>
  world.query('select state, code, reason, http_status, platform_code from pointferry.operation order by id');
const refused: Fault['do'] = {
  kind: 'status',
  status: 404,
  body: '{"messages": [{"message": "PROGRAM_MEMBERSHIP_NOT_FOUND"}]}',
};

for (const [words, before] of [
  ['the first one was applied', [{ kind: 'cut', applied: true }]],
  ['nobody knows of the first one', [{ kind: 'cut', applied: false }]],
  ['a limit came between', [{ kind: 'cut', applied: true }, { kind: 'throttle' }]],
  ['doubt came after a limit', [{ kind: 'throttle' }, { kind: 'status', status: 503, applied: true }]],
] as const satisfies readonly (readonly [string, readonly Fault['do'][]])[]) {
  test(`an event whose resend is refused is unknown, and the refusal is said: ${words}`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(1, 1));
    const faults = [...before, refused].map((each, i) => ({ name: `f${i}`, nth: [i + 1], do: each }));
    await world.admin.setFaults(faults);
    assert.equal((await world.push()).ended, 'drained');
    const [{ reason, ...outcome } = { reason: null }] = await outcomes(world);
    assert.deepEqual(outcome, {
      state: 'unknown',
      code: 'PUSH_OUTCOME_UNKNOWN',
      http_status: 404,
      platform_code: 'PROGRAM_MEMBERSHIP_NOT_FOUND',
    });
    assert.match(reason ?? '', /earlier request .* refused: PROGRAM_MEMBERSHIP_NOT_FOUND/);
  });
}

for (const [words, before] of [
  ['at once', []],
  ['after a limit', [{ kind: 'throttle' }]],
  ['after it could not be reached, and two limits', [{ kind: 'throttle' }, { kind: 'throttle' }]],
] as const satisfies readonly (readonly [string, readonly Fault['do'][]])[]) {
  test(`an event that was refused and never in doubt has failed: ${words}`, async (t) => {
    const world = await makePushWorld(t);
    await world.add(many(1, 1));
    const faults = [...before, refused].map((each, i) => ({ name: `f${i}`, nth: [i + 1], do: each }));
    await world.admin.setFaults(faults);
    if (before.length > 1) {
      await world.push({
        account: { ...world.account, baseUrl: 'http://127.0.0.1:1/' },
        settings: { downAfterMs: 300 },
      });
    }
    assert.equal((await world.push()).ended, 'drained');
    const [{ state, code, reason } = {}] = await outcomes(world);
    assert.deepEqual(
      { state, code, reason },
      { state: 'failed', code: 'PUSH_REFUSED', reason: 'PROGRAM_MEMBERSHIP_NOT_FOUND' },
    );
  });
}

test('what a limit or a stop says of a resend leaves the doubt', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(1, 1));
  await world.admin.setFaults([
    { name: 'lost', nth: [1], do: { kind: 'cut', applied: true } },
    { name: 'later', nth: [2], do: { kind: 'throttle' } },
  ]);
  await world.push();
  assert.deepEqual(await world.states(), { delivered: 1 });
  const rows = await world.query<{ outcome: string }>('select outcome from pointferry.attempt order by n');
  assert.deepEqual(
    rows.map((row) => row.outcome),
    ['doubt', 'throttled', 'delivered'],
  );
});

test('beyond the retention of its key an event is not sent again', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(1, 1));
  await world.admin.setFaults([{ name: 'lost', nth: [1], do: { kind: 'cut', applied: true } }]);
  const result = await world.push({ keyRetentionMs: 1_000, settings: { requestDeadlineMs: 1_500 } });
  assert.equal(result.counts.sent, 1);
  assert.deepEqual(await world.states(), { unknown: 1 });
});

test('a resend that a pause held back until the key is forgotten is not sent', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(1, 1));
  await world.admin.setFaults([{ name: 'lost', nth: [1], do: { kind: 'cut', applied: true } }]);
  const settings = { requestDeadlineMs: 700, backoffFirstMs: 1_500, backoffMostMs: 1_500 };
  const pushed = world.push({ keyRetentionMs: 4_000, settings });
  await world.admin.waitForEffects(1);
  await world.query(`update pointferry.account set paused_until = 'infinity', pause_reason = 'x'`);
  await until(
    world,
    `select 1 from pointferry.attempt where intended_at < clock_timestamp() - interval '4 seconds'`,
  );
  await world.query('update pointferry.account set paused_until = null, pause_reason = null');
  assert.equal((await pushed).counts.sent, 1);
  assert.deepEqual(await world.states(), { unknown: 1 });
  const [{ reason } = { reason: null }] = await outcomes(world);
  assert.match(reason ?? '', /may have forgotten the idempotency key/);
});

async function until(world: PushWorld, query: string): Promise<void> {
  while ((await world.query(query)).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
}

test('a person’s retry of an unknown event is good for one request, also when its sender dies', async (t) => {
  const world = await makePushWorld(t);
  await doubted(world, [{}]);
  await world.query(`update pointferry.operation set state = 'sending', retry_by = 'somebody'`);
  await world.query('update pointferry.attempt set outcome = null, ended_at = null');
  assert.equal((await world.push({ keyRetentionMs: null })).counts.sent, 0);
  assert.deepEqual(await world.states(), { unknown: 1 });
});

test('a kind that trips over an answer leaves a doubt, and the push goes on', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(3, 3));
  const [name, kind] = [...kinds].find(([each]) => each === 'hang.activity') ?? [];
  assert.ok(name && kind);
  let trips = 0;
  const clumsy = {
    ...kind,
    classify: (...args: Parameters<typeof kind.classify>) => {
      trips += 1;
      if (trips === 1) throw new TypeError('tripped');
      return kind.classify(...args);
    },
  };
  await world.push({ kinds: new Map([...kinds, [name, clumsy]]) });
  assert.deepEqual(await world.states(), { delivered: 3 });
  assert.equal(trips, 4);
});

test('a dead process is taken over: what it had sent is in doubt, what it had only claimed is free', async (t) => {
  const world = await makePushWorld(t);
  const operations = await world.add(many(3, 3));
  const dead = await world.owner();
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o where o.lane = l.id`,
    [dead.token],
  );
  await world.query(`update pointferry.operation set state = 'sending', sent_at = now() where id = $1`, [
    operations[0],
  ]);
  const [attempt] = await world.query<{ id: number }>(
    `insert into pointferry.attempt (operation, revision, n, run, token, method, url, headers, body, body_hash)
     values ($1, 0, 1, $2, $3, 'POST', $4, $5, $6, 'h') returning id`,
    [
      operations[0],
      world.run,
      dead.token,
      `${world.sandboxUrl}/partner-api/v2/program-memberships/m0/activities`,
      JSON.stringify({ 'Content-Type': 'application/json' }),
      JSON.stringify({
        idempotency_key: (
          await world.query<{ key: string }>('select key from pointferry.operation where id = $1', [
            operations[0],
          ])
        )[0]?.key,
        activity: { activity_type_id: 'purchase', value: '7.77', transaction_timestamp: 1_700_000_000 },
      }),
    ],
  );
  assert.ok(attempt);
  await dead.end();
  assert.equal((await world.push()).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 3 });
  const effects = await world.admin.effects({ subject: 'm0' });
  assert.match(JSON.stringify(effects), /7\.77/, 'the stored bytes, not what would be built today');
});

test('in doubt, and its request lost with a failover: it is built anew under the same key', async (t) => {
  const world = await makePushWorld(t);
  const [operation] = await world.add(many(1, 1));
  const dead = await world.owner();
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o where o.lane = l.id`,
    [dead.token],
  );
  await world.query(`update pointferry.operation set state = 'in_doubt', doubt_since = clock_timestamp()`);
  await dead.end();
  await world.admin.setFaults([{ name: 'lost', nth: [1], do: { kind: 'cut', applied: true } }]);
  assert.equal((await world.push()).ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 1 });
  assert.equal((await world.admin.effects()).length, 1);
  const attempts = await world.query(
    'select purpose, outcome from pointferry.attempt where operation = $1 order by n',
    [operation],
  );
  assert.deepEqual(attempts, [
    { purpose: 'send', outcome: 'doubt' },
    { purpose: 'resend', outcome: 'delivered' },
  ]);
});

/**
 * An operation in doubt whose senders have died, after an attempt for each of `attempts`: what is known of it in the ledger (null: it
 * may have been applied), and what came of it too late.
 */
async function doubted(
  world: PushWorld,
  attempts: readonly { readonly outcome?: string; readonly late?: string }[],
): Promise<void> {
  const [operation] = await world.add(many(1, 1));
  const dead = await world.owner();
  await world.query(
    `update pointferry.lane l set in_flight = o.id, token = $1 from pointferry.operation o where o.lane = l.id`,
    [dead.token],
  );
  await world.query(`update pointferry.operation set state = 'in_doubt', doubt_since = clock_timestamp()`);
  for (const [i, { outcome = 'doubt', late }] of attempts.entries()) {
    const [attempt] = await world.query<{ id: number }>(
      `insert into pointferry.attempt (operation, revision, n, run, token, purpose, method, url, headers, body, body_hash, ended_at, outcome)
       select id, 0, $2, run, $3, $4, 'POST', $5, '{"Content-Type": "application/json"}',
         json_build_object('idempotency_key', key, 'activity',
           json_build_object('activity_type_id', 'purchase', 'value', '1.00', 'transaction_timestamp', 1700000000)),
         'h', clock_timestamp(), $6
       from pointferry.operation where id = $1 returning id`,
      [
        operation,
        i + 1,
        dead.token,
        i === 0 ? 'send' : 'resend',
        `${world.sandboxUrl}/partner-api/v2/program-memberships/m0/activities`,
        outcome,
      ],
    );
    if (late !== undefined)
      await world.query(
        `insert into pointferry.late_answer (attempt, token, outcome, http_status, reason) values ($1, $2, $3, 200, 'told late')`,
        [attempt?.id, dead.token, late],
      );
  }
  await dead.end();
}

for (const [words, attempts, answers, ends] of [
  ['delivered ends the doubt', [{ late: 'delivered' }], 0, 'delivered'],
  ['delivered ends it, whatever the others say', [{ late: 'delivered' }, { late: 'failed' }], 0, 'delivered'],
  ['the only one was refused', [{ late: 'failed' }], 0, 'failed'],
  ['each of them was refused', [{ late: 'failed' }, { late: 'failed' }], 0, 'failed'],
  ['the other one met a limit', [{ outcome: 'throttled' }, { late: 'failed' }], 0, 'failed'],
  ['the first one was refused, not the second', [{ late: 'failed' }, {}], 1, 'unknown'],
  ['the second one was refused, not the first', [{}, { late: 'failed' }], 1, 'unknown'],
  ['no understandable answer either', [{ late: 'doubt' }], 1, 'unknown'],
  // none of them was applied: what is refused then is refused
  ['it never left', [{ late: 'not_sent' }], 1, 'failed'],
  ['a limit held it back', [{ late: 'throttled' }], 1, 'failed'],
] as const) {
  test(`late answers are evidence of their own attempt: ${words}`, async (t) => {
    const world = await makePushWorld(t);
    await doubted(world, attempts);
    await world.admin.setFaults([{ name: 'no', do: refused }]);
    const result = await world.push();
    assert.equal(result.counts.sent, answers);
    assert.deepEqual(await world.states(), { [ends]: 1 });
  });
}

test('an owner that was fenced while it sent changes nothing; its answers are kept as late', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(4, 4));
  await world.admin.setFaults([
    { name: 'slow', nth: [1, 2, 3, 4], do: { kind: 'latency', ms: 2_000, when: 'after' } },
  ]);
  const stale = await world.owner(4_500);
  const old = world.push({ holder: stale, settings: { requestDeadlineMs: 3_500 } }).then(
    (result) => result.counts.late,
    () => -1,
  );
  await world.admin.waitForEffects(4);
  await world.query('update pointferry.owner set fenced_at = now() where token = $1', [stale.token]);
  const late = await addRun(world.db, world.account.name, 'taker');
  const taker = await world.push({ runs: [world.run, late] });
  assert.equal(taker.ended, 'drained');
  const was = await old;
  assert.deepEqual(await world.states(), { delivered: 4 });
  assert.deepEqual((await world.admin.summary()).repeated, []);
  const rows = await world.query('select 1 from pointferry.late_answer');
  assert.equal(rows.length, 4, `late: ${was}`);
});
