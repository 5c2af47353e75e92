import assert from 'node:assert/strict';
import { test } from 'node:test';
import kind from '../../../src/destinations/hang/activity.ts';
import { answer } from '../support.ts';
import example from './activity.example.ts';

const { out } = example;

test('decimals keep every digit: the value as a string, lines as numbers, a line may be negative', () => {
  const body = kind.build({
    ...out,
    fields: {
      ...out.fields,
      value: '12345678901234567890.10',
      line_items: [
        { item_id: 'a', value: '0.1', group_id: null },
        { item_id: 'b', value: '-12345678901234567890.123' },
      ],
    },
  }).body;
  assert.match(body ?? '', /"value":"12345678901234567890\.10"/);
  assert.match(
    body ?? '',
    /"line_items":\[\{"item_id":"a","value":0\.1\},\{"item_id":"b","value":-12345678901234567890\.123\}\]/,
  );
});

test('fractions of a second are dropped, also before 1970', () => {
  const at = (instant: string) =>
    JSON.parse(kind.build({ ...out, fields: { ...out.fields, transaction_timestamp: instant } }).body ?? '')
      .activity.transaction_timestamp;
  assert.equal(at('2021-10-10T17:35:37.999999Z'), 1633887337);
  assert.equal(at('1969-12-31T23:59:59.5Z'), -1);
});

test('a value below zero, an instant without Z and an id that would change the path are never built', () => {
  assert.throws(() => kind.build({ ...out, fields: { ...out.fields, value: '-0.01' } }), TypeError);
  assert.throws(
    () => kind.build({ ...out, fields: { ...out.fields, transaction_timestamp: '2021-10-10 17:35' } }),
    TypeError,
  );
  assert.throws(() => kind.build({ ...out, subject: '..' }), TypeError);
  assert.match(kind.build({ ...out, subject: '../a?b#c' }).url, /\/\.\.%2Fa%3Fb%23c\/activities$/);
});

test('a 200 is believed only with our own key in it', () => {
  const verdict = (body: string) => kind.classify(answer(200, body), out).verdict;
  assert.equal(verdict('{"idempotency_key":"unique-key-101"}'), 'delivered');
  assert.equal(verdict('{"idempotency_key":"another"}'), 'doubt');
  assert.equal(verdict('{}'), 'doubt');
  assert.equal(verdict(''), 'doubt');
  assert.equal(verdict('{"idempotency_key":"unique-key-101"'), 'doubt');
  assert.equal(verdict('<html>502</html>'), 'doubt');
  assert.equal(
    kind.classify({ ...answer(200, '{"idempotency_key":"unique-key-101"}'), truncated: true }, out).verdict,
    'doubt',
  );
});

test('each error shape is read, masked and tied to a field', () => {
  const said = (body: string) => kind.refusal(answer(404, body, { 'x-request-id': 'r-1' }), out);
  assert.deepEqual(
    said('{"id":"u","code":404,"messages":[{"title":"not_found","message":"PROGRAM_MEMBERSHIP_NOT_FOUND"}]}'),
    {
      reason: 'PROGRAM_MEMBERSHIP_NOT_FOUND',
      platformCode: 'PROGRAM_MEMBERSHIP_NOT_FOUND',
      field: 'member',
      requestId: 'r-1',
    },
  );
  assert.equal(said('{"message":"activity_type_id is unknown"}').field, 'activity_type_id');
  assert.equal(said('{"error":"no membership 12345 here"}').reason, 'no membership *** here');
  assert.equal(said('{"errors":["line_items is wrong"]}').field, 'line_items');
  assert.equal(said('plain words').reason, 'plain words');
  assert.equal(said('<html>gone</html>').reason, 'the answer is an HTML page (HTTP 404)');
});

test('a missing key stops the account, a conflict about the key is doubt, other refusals are final', () => {
  const verdict = (status: number, message: string) =>
    kind.classify(answer(status, JSON.stringify({ messages: [{ message }] })), out).verdict;
  assert.equal(verdict(400, 'API_KEY_HEADER_IS_MISSING'), 'stop');
  assert.equal(verdict(400, 'VALUE_MISSING'), 'failed');
  assert.equal(verdict(409, 'ANYTHING'), 'doubt');
  assert.equal(verdict(422, 'IDEMPOTENCY_KEY_REUSED'), 'doubt');
  assert.equal(verdict(422, 'UNKNOWN_ACTIVITY_TYPE'), 'failed');
});

test('a 422 is about the key when the platform says so, not when it repeats the request that it refuses', () => {
  const request = kind.build(out).body ?? '';
  const verdict = (body: string) => kind.classify(answer(422, body), out).verdict;
  const repeated: readonly string[] = [
    request,
    JSON.stringify(JSON.parse(request), null, 2),
    JSON.stringify({ request, title: 'unprocessable' }),
    JSON.stringify({ title: 'unprocessable', params: JSON.parse(request) }),
    JSON.stringify({ messages: [{ message: `value is too big in ${request}` }] }),
    JSON.stringify({ message: `value is too big: {"idempotency_key"=>"${out.key}", "activity"=>{}}` }),
    JSON.stringify({ message: 'value is too big', request: JSON.parse(request) }),
  ];
  for (const body of repeated) assert.equal(verdict(body), 'failed', body);
  const aboutTheKey: readonly string[] = [
    JSON.stringify({ ...JSON.parse(request), errors: { idempotency_key: ['has already been taken'] } }),
    JSON.stringify({ message: `Idempotency key ${out.key} was used with another body` }),
    JSON.stringify({ message: `idempotency_key: ${out.key} was used with another body`, request }),
    JSON.stringify({ message: `${'x'.repeat(400)} the idempotency key is in use` }),
    JSON.stringify({ idempotency_key: 'another key, which is not what we sent' }),
    'IDEMPOTENCY_KEY_REUSED',
  ];
  for (const body of aboutTheKey) assert.equal(verdict(body), 'doubt', body);
});
