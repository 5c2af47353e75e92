import assert from 'node:assert/strict';
import { test } from 'node:test';
import kind from '../../../src/destinations/fabric/member.ts';
import type { Outgoing } from '../../../src/destinations/kind.ts';
import { access, answer, withFields } from '../support.ts';

const account = access('fabric', 'https://vanilla-dev02-loyalty.fabric.zone/api', { token: 'T' });
const subject = 'f90a1da5-c072-48b7-a9ea-eb35c5dd506b';
const out: Outgoing = {
  account,
  subject,
  key: 'k',
  fields: {
    profileId: subject,
    firstName: 'John',
    middleName: 'M',
    lastName: 'Williams',
    suffix: '<string>',
    gender: 'Male',
    birthDate: '1980-11-30',
    emailAddress: 'user@abc.com',
    phoneNumber: '923331234567',
    addressLine1: '10400 NE 4th St',
    addressLine2: 'Suite 505',
    addressLine3: null,
    city: 'Bellevue',
    region: 'WI',
    postalCode: '98004',
    country: 'US',
    maritalStatus: 'Single',
    prefix: 'Mr',
    redemptionChoice: 'Auto',
    redemptionThreshold: '10',
    enrollmentStore: 'www.demostore.come',
    enrollmentDate: '2021-01-15',
    lastPaidStatusCenter: '1201',
    lastPaidStatusDate: '2021-01-15',
    tierReference: 'GOLD',
    tierExpirationDatetime: '2026-01-15T23:59:59Z',
    customAttributes: { joiningDate: '2021-07-26', confirmationDate: '2021-07-26' },
  },
};
/** The curl of the document, but for addressLine3: its page gives null as the example, the curl the text "null". */
const example = `{
  "profileId": "f90a1da5-c072-48b7-a9ea-eb35c5dd506b",
  "firstName": "John",
  "middleName": "M",
  "lastName": "Williams",
  "suffix": "<string>",
  "gender": "Male",
  "birthDate": "1980-11-30",
  "emailAddress": "user@abc.com",
  "phoneNumber": "923331234567",
  "addressLine1": "10400 NE 4th St",
  "addressLine2": "Suite 505",
  "addressLine3": null,
  "city": "Bellevue",
  "region": "Wisconsin",
  "postalCode": "98004",
  "country": "United States",
  "maritalStatus": "Single",
  "prefix": "Mr",
  "redemptionChoice": "Auto",
  "redemptionThreshold": 10,
  "enrollmentStore": "www.demostore.come",
  "enrollmentDate": "2021-01-15",
  "lastPaidStatusCenter": "1201",
  "lastPaidStatusDate": "2021-01-15",
  "tierReference": "GOLD",
  "tierExpirationDatetime": "2026-01-15T23:59:59.000Z",
  "customAttributes": {
    "joiningDate": "2021-07-26",
    "confirmationDate": "2021-07-26"
  }
}`;
const bodyOf = (operation: Outgoing): Record<string, unknown> => JSON.parse(kind.build(operation).body ?? '');

test("the document's example request comes out, key by key in its order", () => {
  const built = kind.authorize(kind.build(out), account, null);
  assert.equal(built.method, 'PUT');
  assert.equal(built.url, 'https://vanilla-dev02-loyalty.fabric.zone/api/v1/members');
  assert.equal(built.headers.Authorization, 'Bearer T');
  assert.equal(kind.authorize(kind.build(out), account, 'fresh').headers.Authorization, 'Bearer fresh');
  assert.equal(built.body, JSON.stringify(JSON.parse(example)));
});

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
