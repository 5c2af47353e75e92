import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSandbox } from '../world/sandbox.ts';
import { activityBody, ask, codeOf, hangHeaders, postActivity, seededHang } from './support.ts';

test("the document's example is applied once and echoes its key, with and without the prefix", async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const body = activityBody('unique-key-101');
  const first = await postActivity(url, '12345', body);
  assert.equal(first.status, 200);
  assert.equal(first.text, '{"idempotency_key":"unique-key-101"}');
  const again = await ask(`${url}/v2/program-memberships/12345/activities`, {
    method: 'POST',
    headers: hangHeaders,
    body: JSON.stringify(body),
  });
  assert.deepEqual({ status: again.status, text: again.text }, { status: 200, text: first.text });
  const [effect, ...others] = await admin.effects();
  assert.equal(others.length, 0);
  assert.equal(effect?.identity, 'unique-key-101');
  assert.deepEqual(effect?.content, {
    activity_type_id: 'activity_type_1',
    value: '50',
    transaction_timestamp: '1633887337',
    line_items: [{ item_id: 'item_1', value: '30', group_id: 'group_1' }],
    points: '50',
  });
  assert.equal((await admin.hangMember('12345'))?.balance, '50');
  assert.equal((await admin.stats()).hang.replayed, 1);
});

test('both spellings of the synchronous twin apply', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  for (const [key, path] of [
    ['a', 'activities/synchronous'],
    ['b', 'activies/synchronous'],
  ] as const) {
    const reply = await ask(`${url}/v2/program-memberships/12345/${path}`, {
      method: 'POST',
      headers: hangHeaders,
      body: JSON.stringify(activityBody(key)),
    });
    assert.equal(reply.status, 200, path);
  }
  assert.equal((await admin.effects()).length, 2);
});

test('decimals are exact: as number or text, long or small, summed without a float', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const long = '12345678901234567890.123456789';
  const raw = (key: string, value: string) =>
    JSON.stringify(activityBody(key)).replace('"value":"50"', `"value":${value}`);
  for (const [key, value] of [
    ['a', '0.1'],
    ['b', '"0.2"'],
    ['c', long],
    ['d', '1.10'],
    ['e', '2.5e1'],
  ] as const) {
    assert.equal((await postActivity(url, '12345', raw(key, value))).status, 200, value);
  }
  const values = (await admin.effects()).map((one) => (one.content as { value: string }).value);
  assert.deepEqual(values, ['0.1', '0.2', long, '1.10', '2.5e1']);
  const sum = '12345678901234567916.523456789';
  assert.equal((await admin.hangMember('12345'))?.balance, sum);
  assert.equal((await admin.summary()).subjects['12345']?.value, sum);
  const level = await ask(`${url}/v2/program-memberships/12345/level`, { headers: hangHeaders });
  assert.equal(
    level.text,
    `{"tier":{"display_name":"Tier 3"},"balance":"${sum}","spendable_balance":${sum}}`,
  );
});

test('each field is checked: missing is 400, wrong is 422, an unknown name is refused', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const cases: readonly (readonly [object, number, string])[] = [
    [{ ...activityBody('k'), idempotency_key: undefined }, 400, 'MISSING_IDEMPOTENCY_KEY'],
    [{ ...activityBody('k'), idempotency_key: 7 }, 422, 'INVALID_IDEMPOTENCY_KEY'],
    [{ idempotency_key: 'k' }, 400, 'MISSING_ACTIVITY'],
    [{ idempotency_key: 'k', activity: [] }, 422, 'INVALID_ACTIVITY'],
    [activityBody('k', { activity_type_id: undefined }), 400, 'MISSING_ACTIVITY_ACTIVITY_TYPE_ID'],
    [activityBody('k', { activity_type_id: 1 }), 422, 'INVALID_ACTIVITY_ACTIVITY_TYPE_ID'],
    [activityBody('k', { value: undefined }), 400, 'MISSING_ACTIVITY_VALUE'],
    [activityBody('k', { value: '1,50' }), 422, 'INVALID_ACTIVITY_VALUE'],
    [activityBody('k', { value: 'NaN' }), 422, 'INVALID_ACTIVITY_VALUE'],
    [activityBody('k', { value: '1e3' }), 422, 'INVALID_ACTIVITY_VALUE'],
    [activityBody('k', { value: '-5' }), 422, 'INVALID_ACTIVITY_VALUE'],
    [activityBody('k', { transaction_timestamp: undefined }), 400, 'MISSING_ACTIVITY_TRANSACTION_TIMESTAMP'],
    [
      activityBody('k', { transaction_timestamp: '1633887337' }),
      422,
      'INVALID_ACTIVITY_TRANSACTION_TIMESTAMP',
    ],
    [activityBody('k', { transaction_timestamp: 1.5 }), 422, 'INVALID_ACTIVITY_TRANSACTION_TIMESTAMP'],
    [activityBody('k', { line_items: {} }), 422, 'INVALID_ACTIVITY_LINE_ITEMS'],
    [activityBody('k', { line_items: [{ value: 1 }] }), 400, 'MISSING_ACTIVITY_LINE_ITEMS_0_ITEM_ID'],
    [activityBody('k', { line_items: [{ item_id: 'a' }] }), 400, 'MISSING_ACTIVITY_LINE_ITEMS_0_VALUE'],
    [
      activityBody('k', { line_items: [{ item_id: 'a', value: 1, group_id: 3 }] }),
      422,
      'INVALID_ACTIVITY_LINE_ITEMS_0_GROUP_ID',
    ],
    [activityBody('k', { amount: 3 }), 422, 'UNKNOWN_PARAMETER_ACTIVITY_AMOUNT'],
    [activityBody('k', {}, { program_membership_id: 'm2' }), 422, 'INVALID_PROGRAM_MEMBERSHIP_ID'],
  ];
  for (const [body, status, code] of cases) {
    const reply = await postActivity(url, '12345', body);
    assert.deepEqual([reply.status, codeOf(reply)], [status, code]);
  }
  assert.equal((await admin.effects()).length, 0);
});

test('what is not JSON, not UTF-8 or not Unicode is 400', async (t) => {
  const { url } = await openSandbox(t, seededHang);
  const good = JSON.stringify(activityBody('k'));
  for (const body of [
    '{',
    good.replace('item_1', '\\ud800'),
    Buffer.from(good.replace('item_1', '\xff'), 'latin1'),
  ]) {
    const reply = await ask(`${url}/v2/program-memberships/12345/activities`, {
      method: 'POST',
      headers: hangHeaders,
      body,
    });
    assert.equal(reply.status, 400);
  }
  const paired = await postActivity(url, '12345', good.replace('item_1', '\\ud83d\\ude00'));
  assert.equal(paired.status, 200);
});

test('zero, a negative line, milliseconds and the id repeated in the body are taken', async (t) => {
  const { url } = await openSandbox(t, seededHang);
  const good = [
    activityBody('a', { value: 0, line_items: [{ item_id: 'x', value: -3.5 }] }),
    activityBody('b', { transaction_timestamp: 1633887337000 }),
    activityBody('c', { line_items: undefined }, { program_membership_id: '12345' }),
  ];
  for (const body of good) assert.equal((await postActivity(url, '12345', body)).status, 200);
});

test('a form with bracket names is taken as the 2023 specification has it', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const pairs: [string, string][] = [
    ['idempotency_key', 'form-1'],
    ['activity[activity_type_id]', 'activity_type_1'],
    ['activity[value]', '25.00'],
    ['activity[transaction_timestamp]', '1633887337'],
    ['activity[line_items][][item_id]', 'a'],
    ['activity[line_items][][value]', '20'],
    ['activity[line_items][][item_id]', 'b'],
    ['activity[line_items][][value]', '5'],
  ];
  const multipart = new FormData();
  for (const [name, value] of pairs) multipart.append(name, name === 'idempotency_key' ? 'form-2' : value);
  for (const body of [new URLSearchParams(pairs), multipart]) {
    const reply = await ask(`${url}/v2/program-memberships/12345/activities`, {
      method: 'POST',
      headers: { 'x-api-key': 'sandbox-hang-key' },
      body,
    });
    assert.equal(reply.status, 200, reply.text);
  }
  for (const effect of await admin.effects())
    assert.deepEqual((effect.content as { line_items: unknown }).line_items, [
      { item_id: 'a', value: '20' },
      { item_id: 'b', value: '5' },
    ]);
});

test('a missing key is 400, a wrong one 401, an unknown member 404 until the switch makes it', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const target = `${url}/v2/program-memberships/12345/activities`;
  const body = JSON.stringify(activityBody('k'));
  const bare = await ask(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.deepEqual([bare.status, codeOf(bare)], [400, 'API_KEY_HEADER_IS_MISSING']);
  const wrong = await ask(target, { method: 'POST', headers: { ...hangHeaders, 'x-api-key': 'no' }, body });
  assert.equal(wrong.status, 401);
  assert.equal((await postActivity(url, 'nobody', activityBody('k'))).status, 404);
  await admin.setSwitches({ hang: { autoMembers: true } });
  assert.equal((await postActivity(url, 'nobody', activityBody('k'))).status, 200);
  assert.equal((await admin.summary()).effects, 1);
});

test('keys belong to a membership; a changed body and retention follow their switches', async (t) => {
  const { url, admin } = await openSandbox(t, seededHang);
  const send = (member: string, value: string) => postActivity(url, member, activityBody('k', { value }));
  assert.equal((await send('12345', '1')).status, 200);
  assert.equal((await send('m2', '1')).status, 200);
  assert.equal((await send('12345', '2')).status, 200);
  for (const changedBody of ['409', '422'] as const) {
    await admin.setSwitches({ hang: { changedBody } });
    const reply = await send('12345', '2');
    assert.deepEqual(
      [reply.status, codeOf(reply)],
      [Number(changedBody), 'IDEMPOTENCY_KEY_REUSED_WITH_ANOTHER_BODY'],
    );
    assert.equal((await send('12345', '1')).status, 200);
  }
  assert.equal((await admin.summary()).effects, 2);
  await admin.setSwitches({ hang: { keyRetentionMs: 1 } });
  const { at } = (await admin.effects())[0] ?? { at: '' };
  while (Date.now() <= Date.parse(at) + 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await send('12345', '1')).status, 200);
  const { effects, repeated } = await admin.summary();
  assert.deepEqual(
    { effects, repeated },
    { effects: 3, repeated: [{ subject: '12345', identity: 'k', count: 2 }] },
  );
});

test('points follow the activity type; unknown types, delays and negative values follow switches', async (t) => {
  const { url, admin } = await openSandbox(t, {
    seeds: { hang: { members: [{ id: 'm' }], activityTypes: [{ id: 'double', points_per_unit: '2.5' }] } },
  });
  const send = (key: string, activity: object) =>
    postActivity(url, 'm', activityBody(key, { activity_type_id: 'double', ...activity }));
  assert.equal((await send('a', { value: '1.10' })).status, 200);
  assert.equal((await admin.hangMember('m'))?.balance, '2.75');
  assert.equal((await send('b', { activity_type_id: 'other' })).status, 422);
  await admin.setSwitches({ hang: { unknownActivityType: '404' } });
  assert.equal((await send('b', { activity_type_id: 'other' })).status, 404);
  await admin.setSwitches({ hang: { negativeValue: 'adds', applyDelayMs: -1 } });
  assert.equal((await send('c', { value: '-4' })).status, 200);
  const member = await admin.hangMember('m');
  assert.deepEqual({ balance: member?.balance, waiting: member?.waiting }, { balance: '2.75', waiting: 1 });
  await admin.setSwitches({ hang: { applyDelayMs: 0 } });
  assert.equal((await send('d', { value: '-4' })).status, 200);
  assert.equal((await admin.hangMember('m'))?.balance, '12.75');
  await admin.setSwitches({ hang: { applyDelayMs: 60_000 } });
  assert.equal((await send('later', { value: '4' })).status, 200);
  const waiting = await admin.hangMember('m');
  assert.deepEqual(
    { balance: waiting?.balance, waiting: waiting?.waiting },
    { balance: '12.75', waiting: 2 },
  );
  await admin.setSwitches({ hang: { errorEnvelope: 'message' } });
  assert.deepEqual((await send('e', { value: 'x' })).json, { message: 'INVALID_ACTIVITY_VALUE' });
});
