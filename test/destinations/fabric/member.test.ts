import assert from 'node:assert/strict';
import { test } from 'node:test';
import kind from '../../../src/destinations/fabric/member.ts';
import type { Outgoing } from '../../../src/destinations/kind.ts';
import { answer, withFields } from '../support.ts';
import example from './member.example.ts';

const { out } = example;
const { account } = out;
const bodyOf = (operation: Outgoing): Record<string, unknown> => JSON.parse(kind.build(operation).body ?? '');

test('region and country go out as names, unless account or field says asIs', () => {
  const asIs = (operation: Outgoing) => {
    const { region, country } = bodyOf(operation);
    return [region, country];
  };
  assert.deepEqual(asIs({ ...out, account: { ...account, settings: { asIs: true } } }), ['WI', 'US']);
  assert.deepEqual(asIs({ ...out, asIs: ['region'] }), ['WI', 'United States']);
  assert.deepEqual(asIs(withFields(out, { region: 'BC', country: 'Canada' })), [
    'British Columbia',
    'Canada',
  ]);
});

test('the text null never stands in an address line; a clear is a JSON null there and nowhere else', () => {
  for (const text of ['null', 'NULL', ' Null ']) {
    const operation = withFields(out, { addressLine3: text });
    assert.equal('addressLine3' in bodyOf(operation), false);
    assert.deepEqual(kind.remarks?.(operation), ['addressLine3 says null in words: left out']);
  }
  assert.equal(bodyOf(withFields(out, { addressLine1: null })).addressLine1, null);
  assert.equal(bodyOf(withFields(out, { lastName: 'Null' })).lastName, 'Null');
  assert.throws(() => kind.build(withFields(out, { city: null })), TypeError);
});

test('redemptionThreshold is a number with its digits, or a string where the account says so', () => {
  const operation = withFields(out, { redemptionThreshold: '12345678901234567890.120' });
  assert.match(kind.build(operation).body ?? '', /"redemptionThreshold":12345678901234567890\.120,/);
  const asString = { ...operation, account: { ...account, settings: { redemptionThreshold: 'string' } } };
  assert.match(kind.build(asString).body ?? '', /"redemptionThreshold":"12345678901234567890\.120",/);
});

test('success is HTTP 2xx and body.status 2xx and no error said', () => {
  const verdict = (body: unknown, status = 200) =>
    kind.classify(answer(status, JSON.stringify(body)), out).verdict;
  const good = { message: 'Member updated', errors: { ExceptionString: [] }, data: {}, status: 200 };
  assert.equal(verdict(good), 'delivered');
  assert.equal(verdict({ ...good, errors: {} }), 'delivered');
  assert.equal(verdict({ ...good, data: { ExceptionString: '' } }, 201), 'delivered');
  assert.equal(verdict({ ...good, errors: { ExceptionString: ['no such tier'] } }), 'failed');
  assert.equal(verdict({ ...good, data: { ExceptionString: 'no such tier' } }), 'failed');
  assert.equal(verdict({ ...good, status: 404, errors: {} }), 'failed');
  assert.equal(verdict({ ...good, status: 503 }), 'doubt');
  assert.equal(verdict({ ...good, status: 408 }), 'doubt');
  assert.equal(verdict({ ...good, status: 429 }), 'retry');
  assert.equal(verdict({ ...good, status: 401 }), 'stop');
  assert.equal(verdict({ ...good, status: undefined }), 'doubt');
  assert.equal(verdict({ ...good, errors: undefined }), 'doubt');
  assert.equal(verdict({ ...good, errors: 'none' }), 'doubt');
  assert.equal(verdict([good]), 'doubt');
  assert.equal(kind.classify(answer(200, '<html>ok</html>'), out).verdict, 'doubt');
  assert.equal(kind.classify(answer(204, ''), out).verdict, 'doubt');
});

test('a refusal says what the lists say, shows nobody, and names our field', () => {
  const said = (body: unknown) => kind.refusal(answer(400, JSON.stringify(body)), out);
  assert.deepEqual(
    said({ message: 'Bad request', errors: { emailAddress: ['user@abc.com is taken'] }, status: 400 }),
    { reason: 'Bad request: emailAddress *** is taken', platformCode: '400', field: 'emailAddress' },
  );
  assert.equal(
    said({ message: 'x', errors: { ExceptionString: ['birthdate is wrong'] } }).field,
    'birthDate',
  );
  assert.equal(said({ message: 'tierExpiryDate is in the past' }).field, 'tierExpirationDatetime');
  assert.equal(said({}).reason, 'the answer cannot be understood (HTTP 400)');
});
